import { describe, expect, it } from "vitest";
import { NO_RIGHTS, type Rights } from "./rights";
import { type RoomScreen, offerOf, sharersOf, wishFor } from "./screens";

const RIGHTS: Rights = { ...NO_RIGHTS, may: ["look", "talk", "own", "build"] };
const ADA = { user_id: "a", nickname: "Ada", role: "visitor" } as const;

function screen(entity: string, distance_m: number, more: Partial<RoomScreen> = {}): RoomScreen {
  return { entity, sharers: "everyone", sharer: null, distance_m, faced: false, ...more };
}

describe("the screen that somebody would share onto", () => {
  const kind = (screens: readonly RoomScreen[], rights = RIGHTS, chosen: string | null = null) => offerOf(screens, chosen, rights).kind;
  const entity = (screens: readonly RoomScreen[], chosen: string | null = null) => {
    const offer = offerOf(screens, chosen, RIGHTS);
    return offer.kind === "free" ? offer.entity : offer.kind;
  };

  it("is the one that was clicked, else the one they look at, else the nearest that is free", () => {
    const [near, far, faced] = [screen("near1", 3), screen("far01", 20), screen("faced", 30, { faced: true })];
    expect(entity([far, near])).toBe("near1");
    expect(entity([far, near, faced])).toBe("faced");
    expect(entity([far, near, faced], "far01")).toBe("far01");
    expect(entity([far, screen("near1", 3, { sharer: ADA })])).toBe("far01");
  });

  it("is none where there is none, where all are far, taken or for others, and for the muted", () => {
    expect(offerOf([], null, RIGHTS)).toEqual({ kind: "none", may_build: true });
    expect(offerOf([], null, NO_RIGHTS)).toEqual({ kind: "none", may_build: false });
    expect(kind([screen("far01", 41)])).toBe("far");
    expect(offerOf([screen("near1", 3, { sharer: ADA })], null, RIGHTS)).toEqual({ kind: "taken", entity: "near1", by: "Ada", may_end: false });
    expect(kind([screen("near1", 3, { sharers: "moderators" })])).toBe("forbidden");
    expect(kind([screen("near1", 3, { sharers: "builders" })])).toBe("free");
    expect(kind([screen("near1", 3, { sharers: "builders" })], NO_RIGHTS)).toBe("forbidden");
    expect(kind([screen("near1", 3)], { ...RIGHTS, muted: true })).toBe("muted");
  });

  it("can be freed by who may mute whoever shares there", () => {
    const moderator: Rights = { ...RIGHTS, role: "moderator", may: [...RIGHTS.may, "moderate"] };
    expect(offerOf([screen("near1", 3, { sharer: ADA })], null, moderator)).toMatchObject({ may_end: true });
    const owner = { ...ADA, role: "owner" } as const;
    expect(offerOf([screen("near1", 3, { sharer: owner })], null, moderator)).toMatchObject({ may_end: false });
  });
});

it("a component says who may share, in every spelling", () => {
  expect([sharersOf(true), sharersOf({}), sharersOf({ who: "everyone" })]).toEqual(["everyone", "everyone", "everyone"]);
  expect([sharersOf({ who: "builders" }), sharersOf("moderators")]).toEqual(["builders", "moderators"]);
  expect([sharersOf(undefined), sharersOf(false), sharersOf(null)]).toEqual([undefined, undefined, undefined]);
});

it("a screen is wished for as large as it is seen, and stays so while one walks to and fro", () => {
  expect([0, 100, 279, 280].map((px) => wishFor(px, undefined))).toEqual(["none", "low", "low", "high"]);
  expect([240, 219].map((px) => wishFor(px, "high"))).toEqual(["high", "low"]);
});
