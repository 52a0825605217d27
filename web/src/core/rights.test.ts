import { describe, expect, it } from "vitest";
import type { CoreEvent } from "./core-types";
import type { Json } from "./json";
import { type Rights, type Role, NO_RELATIONS, NO_RIGHTS, ROLES, can, isHidden, mayMute, relationsAfter, rightsAfter, roleOf, rolesToGive } from "./rights";

const EVERYTHING = ["look", "talk", "own", "build", "save"];

const joined = (told: Partial<Extract<CoreEvent, { type: "joined" }>> = {}): CoreEvent => ({
  type: "joined",
  user_id: "me",
  mode: "enter",
  resumed: false,
  driver: true,
  incarnation: 1,
  seq: 10,
  role: "visitor",
  may: EVERYTHING,
  muted: false,
  settings: { who_may_build: "visitor", who_may_save: "visitor" },
  blocked: [],
  blocked_by: [],
  ...told,
});

/** The fact of changed settings, as the room tells it to all. */
const settings = (seq: number, who_may_build: Role, more: { readonly [key: string]: Json } = {}): CoreEvent => {
  const may = (role: Role) => (ROLES.indexOf(role) >= ROLES.indexOf(who_may_build) ? EVERYTHING : ["look", "talk", "own"]);
  const payload = { who_may_build, who_may_save: "visitor", may: Object.fromEntries(ROLES.map((role) => [role, may(role)])), ...more };
  return { type: "event", event: "settings_changed", payload, seq, at: 0, actor: "user:ann" };
};

const after = (...events: readonly CoreEvent[]): Rights => events.reduce(rightsAfter, NO_RIGHTS);

describe("what this visitor may do", () => {
  it("is nothing before the room has said anything", () => {
    expect(can(NO_RIGHTS, "look") || can(NO_RIGHTS, "build")).toBe(false);
  });

  it("is what the join says, and what each push says after it", () => {
    const rights = after(joined());
    expect([can(rights, "build"), can(rights, "moderate")]).toEqual([true, false]);
    const pushed = after(joined(), { type: "rights", role: "moderator", may: ["look", "moderate"], muted: true });
    expect(pushed).toMatchObject({ role: "moderator", muted: true });
    expect([can(pushed, "build"), can(pushed, "moderate")]).toEqual([false, true]);
  });

  it("follows changed settings by the own role", () => {
    expect(can(after(joined(), settings(11, "builder")), "build")).toBe(false);
    expect(can(after(joined({ role: "builder" }), settings(11, "builder")), "build")).toBe(true);
    expect(can(after(joined(), settings(11, "builder"), settings(12, "visitor")), "build")).toBe(true);
    expect(after(joined(), settings(11, "builder")).settings).toEqual({ who_may_build: "builder", who_may_save: "visitor" });
  });

  it("a changed setting does not give a muted person their voice back", () => {
    const rights = after(joined({ muted: true, may: ["look", "own"] }), settings(11, "visitor"));
    expect([can(rights, "talk"), can(rights, "build")]).toEqual([false, true]);
  });

  it("old facts that a resume tells late change nothing", () => {
    const rights = after(joined({ seq: 20 }));
    expect(rightsAfter(rights, settings(20, "owner"))).toBe(rights);
    expect(rightsAfter(rights, settings(21, "owner"))).not.toBe(rights);
  });

  it("what is not about rights leaves the very same object", () => {
    const rights = after(joined());
    const others: readonly CoreEvent[] = [
      { type: "ready" },
      { type: "relations", blocked: ["a"], blocked_by: [] },
      { type: "event", event: "role_changed", payload: { user_id: "a", role: "owner" }, seq: 30, at: 0, actor: "server" },
    ];
    for (const event of others) expect(rightsAfter(rights, event)).toBe(rights);
  });

  it("words from a newer server are read as the least", () => {
    expect(roleOf("emperor")).toBe("visitor");
    const rights = after(joined({ settings: { who_may_build: 7 } }), settings(11, "builder", { may: "all" }));
    expect(rights.settings.who_may_save).toBe("visitor");
    expect(rights.may).toEqual(EVERYTHING);
  });
});

describe("what one may do to others", () => {
  const as = (role: Role): Rights => ({ ...NO_RIGHTS, role, may: isOrderly(role) ? ["look", "moderate"] : ["look"] });
  const isOrderly = (role: Role) => role === "moderator" || role === "owner";

  it("owners give every role, moderators lower ones to people below them, others none", () => {
    expect(rolesToGive(as("owner"), "owner")).toEqual(ROLES);
    expect(rolesToGive(as("moderator"), "visitor")).toEqual(["visitor", "member", "builder"]);
    expect(rolesToGive(as("moderator"), "builder")).toEqual(["visitor", "member", "builder"]);
    for (const whom of ["moderator", "owner"] as const) expect(rolesToGive(as("moderator"), whom)).toEqual([]);
    for (const role of ["visitor", "member", "builder"] as const) expect(rolesToGive(as(role), "visitor")).toEqual([]);
  });

  it("people are muted from above only", () => {
    const muters = (whom: Role) => ROLES.filter((role) => mayMute(as(role), whom));
    expect(muters("visitor")).toEqual(["moderator", "owner"]);
    expect(muters("moderator")).toEqual(["owner"]);
    expect(muters("owner")).toEqual([]);
  });
});

describe("whom one does not meet", () => {
  it("is told by joins and pushes, from either side", () => {
    const relations = relationsAfter(NO_RELATIONS, joined({ blocked: ["a"], blocked_by: ["b"] }));
    expect(["a", "b", "c"].map((id) => isHidden(relations, id))).toEqual([true, true, false]);
    const freed = relationsAfter(relations, { type: "relations", blocked: [], blocked_by: ["b"] });
    expect(["a", "b"].map((id) => isHidden(freed, id))).toEqual([false, true]);
    expect(relationsAfter(freed, { type: "ready" })).toBe(freed);
  });
});
