import { describe, expect, it } from "vitest";
import { PLAIN_LOOK } from "./avatar_look";
import type { JsonObject } from "./json";
import { type Person, COLOR_DEFAULT, NICKNAME_DEFAULT, inOrder, personOf, samePerson } from "./people";

const person = (user_id: string, nickname: string, self = false): Person => ({
  user_id,
  nickname,
  color: "#ffffff",
  look: PLAIN_LOOK,
  seat: null,
  self,
  away: false,
  role: "visitor",
  muted: false, dead: false,
});

describe("people", () => {
  it("an entity with an avatar is a person", () => {
    const ana = personOf("u1", { avatar: { color: "#FF8800" }, nickname: "Ana" }, "u1", true);
    const plain = { role: "visitor", muted: false, dead: false, look: PLAIN_LOOK, seat: null };
    expect(ana).toEqual({ user_id: "u1", nickname: "Ana", color: "#FF8800", self: true, away: true, ...plain });
  });

  it("role and mute are read from the avatar, and a role nobody knows is none", () => {
    const shown = (extra: JsonObject) => personOf("u1", { avatar: {}, ...extra }, "u2", false);
    expect(shown({ role: "moderator", muted: true })).toMatchObject({ role: "moderator", muted: true });
    expect(shown({ role: "emperor", muted: "yes" })).toMatchObject({ role: "visitor", muted: false });
  });

  it("what they wear and where they sit is read, and what nobody knows is nothing", () => {
    const shown = (avatar: JsonObject) => personOf("u1", { avatar, sitting_on: "stool" }, "u2", false);
    expect(shown({ head: "tall", top: "bun", face: "round_glasses", hair: "#102030" })).toMatchObject({
      look: { head: "tall", top: "bun", face: "round_glasses", hair: "#102030" },
      seat: "stool",
    });
    expect(shown({ head: 7, top: "crown", hair: "red" })?.look).toEqual(PLAIN_LOOK);
  });

  it("other looks or another seat are a change", () => {
    const ana = person("1", "Ana");
    expect(samePerson(ana, { ...ana, look: { ...PLAIN_LOOK } })).toBe(true);
    expect(samePerson(ana, { ...ana, look: { ...PLAIN_LOOK, top: "cap" } })).toBe(false);
    expect(samePerson(ana, { ...ana, seat: "stool" })).toBe(false);
  });

  it("a change of role or mute is a change", () => {
    expect(samePerson(person("1", "Ana"), person("1", "Ana"))).toBe(true);
    expect(samePerson(person("1", "Ana"), { ...person("1", "Ana"), role: "builder" })).toBe(false);
    expect(samePerson(person("1", "Ana"), { ...person("1", "Ana"), muted: true })).toBe(false);
  });

  it("who has died is, until they are back", () => {
    const ana = (extra: JsonObject) => personOf("u1", { avatar: {}, ...extra }, "u2", false);
    expect([ana({ dead: { until: 5 } })?.dead, ana({ dead: null })?.dead, ana({})?.dead]).toEqual([true, false, false]);
    expect(samePerson(ana({}), ana({ dead: { until: 5 } }))).toBe(false);
  });

  it("a chair is not a person", () => {
    expect(personOf("chair", { shape: { kind: "box" }, nickname: "Chair" }, "u1", false)).toBeUndefined();
  });

  it("someone without name and colour is still shown", () => {
    const someone = personOf("u2", { avatar: {}, nickname: "  " }, "u1", false);
    expect(someone?.nickname).toBe(NICKNAME_DEFAULT);
    expect(someone?.color).toBe(COLOR_DEFAULT);
  });

  it("a colour that is none does not reach the page", () => {
    const someone = personOf("u2", { avatar: { color: "red;background:url(x)" } }, "u1", false);
    expect(someone?.color).toBe(COLOR_DEFAULT);
  });

  it("oneself comes first, the others by name", () => {
    const rows = inOrder([person("3", "Cem"), person("2", "Ben"), person("9", "Zoe", true), person("1", "Ben")]);
    expect(rows.map((row) => row.user_id)).toEqual(["9", "1", "2", "3"]);
  });
});
