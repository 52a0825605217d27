import { describe, expect, it } from "vitest";
import { type Rights, type Role, NO_RIGHTS } from "./rights";
import { MUTED_WORDS, buildersWords, changeLines } from "./rights_words";

/** Rights of a role in a room where building and saving need certain roles. */
function rights(role: Role, may: readonly string[], who_may_build: Role = "visitor", who_may_save: Role = "visitor"): Rights {
  return { ...NO_RIGHTS, role, may, settings: { who_may_build, who_may_save } };
}

const words = (before: Rights, after: Rights) => changeLines(before, after).map((line) => line.text);

describe("what a change of rights means", () => {
  it("closed building is told to whom it is closed, by their own name", () => {
    for (const [role, plural] of [["visitor", "visitors"], ["member", "members"]] as const) {
      const line = `The owner has closed building for ${plural}.`;
      expect(words(rights(role, ["build"]), rights(role, [], "builder"))).toEqual([line]);
    }
  });

  it("opened building is told to whom it is opened, and who could before hears for whom it is", () => {
    expect(words(rights("visitor", [], "builder"), rights("visitor", ["build"]))).toEqual(["You may build now."]);
    expect(words(rights("builder", ["build"], "builder"), rights("builder", ["build"]))).toEqual(["Everyone may build now."]);
    expect(words(rights("owner", ["build"]), rights("owner", ["build"], "owner"))).toEqual(["Only owners may build now."]);
  });

  it("who could not and cannot hears nothing", () => {
    expect(words(rights("visitor", [], "builder"), rights("visitor", [], "owner"))).toEqual([]);
  });

  it("both settings at once are two lines", () => {
    const lines = words(rights("visitor", ["build", "save"]), rights("visitor", [], "member", "owner"));
    expect(lines).toEqual(["The owner has closed building for visitors.", "The owner has closed saving and restoring for visitors."]);
  });

  it("another role is one line, with what comes and goes with it", () => {
    const closed = (role: Role, may: readonly string[]) => rights(role, may, "builder", "moderator");
    expect(changeLines(closed("visitor", []), closed("builder", ["build"]))).toEqual([
      { text: "You are a builder now. You may build.", tone: "good" },
    ]);
    expect(changeLines(closed("moderator", ["build", "save"]), closed("member", []))).toEqual([
      { text: "You are a member now. You may no longer build or save and restore.", tone: "warn" },
    ]);
    expect(words(rights("visitor", ["build"]), rights("member", ["build"]))).toEqual(["You are a member now."]);
  });

  it("mutes are told, and nothing is told of nothing", () => {
    const plain = rights("visitor", ["talk"]);
    expect(words(plain, { ...plain, muted: true, may: [] })).toEqual([MUTED_WORDS]);
    expect(words({ ...plain, muted: true }, plain)).toEqual(["You are no longer muted: everyone hears you again."]);
    expect(words(plain, { ...plain, as_of_seq: 9 })).toEqual([]);
  });

  it("who wants to build and may not hears who may", () => {
    expect(buildersWords(rights("visitor", [], "builder"))).toBe("Builders and above may build here.");
  });
});
