import { describe, expect, it } from "vitest";
import type { RoomEvent } from "./core-types";
import { comingOf, lineFor, refusalWords } from "./hud";
import type { Json } from "./json";

const fact = (event: string, actor: string, payload: Json = {}): RoomEvent => ({
  type: "event",
  event,
  payload,
  seq: 1,
  at: 0,
  actor: `user:${actor}`,
});
const names = new Map([
  ["u1", "Ana"],
  ["u2", "Ben"],
]);
const nameOf = (id: string) => names.get(id);

describe("lines for facts", () => {
  it("someone who comes in is named", () => {
    const coming = comingOf(fact("user_joined", "u1", { nickname: "Ana" }), "me", nameOf);
    expect(coming).toEqual({ way: "in", name: "Ana" });
  });

  it("someone who leaves is named although the fact does not say who they were", () => {
    const coming = comingOf(fact("user_left", "server", { user_id: "u2" }), "me", nameOf);
    expect(coming).toEqual({ way: "out", name: "Ben" });
  });

  it("coming in oneself is no news", () => {
    const mine = fact("user_joined", "me", { nickname: "Me" });
    expect(comingOf(mine, "me", nameOf)).toBeUndefined();
    expect(lineFor(mine, "me", nameOf)).toBeUndefined();
  });

  it("a new name is told with the old one", () => {
    const line = lineFor(fact("user_renamed", "u1", { nickname: "Anna" }), "me", nameOf);
    expect(line?.text).toBe("Ana is now Anna");
  });

  it("who shares onto a screen is told to the others", () => {
    const shared = (by: string) => lineFor(fact("screen_shared", by, { user_id: by, entity: "e1" }), "me", nameOf)?.text;
    expect([shared("u1"), shared("me")]).toEqual(["Ana shares onto a screen", undefined]);
  });

  it("a reset is told as what it is", () => {
    const line = lineFor(fact("snapshot_restored", "u1", { name: "initial" }), "me", nameOf);
    expect(line).toEqual({ text: "Ana restored the room as it began", tone: "good" });
  });

  it("new moderators and owners are everyone's business, other roles that of whoever gave them", () => {
    const given = (role: string, by: string) => lineFor(fact("role_changed", by, { user_id: "u2", role }), "me", nameOf)?.text;
    expect(given("moderator", "u1")).toBe("Ben is a moderator now");
    expect(given("owner", "u1")).toBe("Ben is an owner now");
    expect([given("builder", "u1"), given("visitor", "u1")]).toEqual([undefined, undefined]);
    expect(given("builder", "me")).toBe("Ben is a builder now");
  });

  it("a mute is confirmed to whoever asked for it and told to nobody else by a line", () => {
    const muted = (event: string, by: string) => lineFor(fact(event, by, { user_id: "u2" }), "me", nameOf)?.text;
    expect([muted("user_muted", "me"), muted("user_unmuted", "me")]).toEqual(["Ben is muted for everyone", "Ben can be heard again"]);
    expect([muted("user_muted", "u1"), muted("user_unmuted", "u1")]).toEqual([undefined, undefined]);
  });

  it("the own role and the own mute are told with what they mean, not here", () => {
    for (const event of ["role_changed", "user_muted", "user_unmuted"]) {
      expect(lineFor(fact(event, "u1", { user_id: "me", role: "owner" }), "me", nameOf)).toBeUndefined();
    }
  });

  it("chat is no line of its own", () => {
    expect(lineFor(fact("message_said", "u1", { text: "hi" }), "me", nameOf)).toBeUndefined();
  });
});

describe("refusals", () => {
  it("a known reason is said in plain words", () => {
    expect(refusalWords("room_full", "soft cap reached")).toBe("The room is full. You can observe it.");
  });

  it("an unknown reason speaks through its detail", () => {
    expect(refusalWords("bad_thing", "shape: a known kind")).toBe("shape: a known kind.");
  });

  it("a reason without detail is still readable", () => {
    expect(refusalWords("too_many_ops", "")).toBe("That was refused: too many ops.");
  });

  it("a reason that is a name of every object is not taken for a sentence", () => {
    expect(refusalWords("constructor", "")).toBe("That was refused: constructor.");
  });
});
