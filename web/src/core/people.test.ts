import { describe, expect, it } from "vitest";
import type { Person } from "./app";
import { COLOR_DEFAULT, NICKNAME_DEFAULT, inOrder, personOf } from "./people";

const person = (user_id: string, nickname: string, self = false): Person => ({
  user_id,
  nickname,
  color: "#ffffff",
  self,
  away: false,
});

describe("people", () => {
  it("an entity with an avatar is a person", () => {
    const ana = personOf("u1", { avatar: { color: "#FF8800" }, nickname: "Ana" }, "u1", true);
    expect(ana).toEqual({ user_id: "u1", nickname: "Ana", color: "#FF8800", self: true, away: true });
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
