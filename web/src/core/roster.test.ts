import { describe, expect, it } from "vitest";
import { CHANGE } from "./generated";
import type { Change } from "./replica";
import { Roster } from "./roster";

const nobody: ReadonlySet<number> = new Set();

function came(index: number, id: string, nickname: string): Change {
  const components = { avatar: { color: "#FF8800" }, nickname };
  return { index, mask: CHANGE.created, record: { id, version: 1, components }, fresh: true };
}

const gone = (index: number): Change => ({ index, mask: CHANGE.removed, record: undefined, fresh: true });

describe("the roster", () => {
  it("tells when someone came, and not when nothing about them changed", () => {
    const roster = new Roster("me");
    expect(roster.notice(came(3, "u1", "Ana"), nobody)).toBe(true);
    expect(roster.notice(came(3, "u1", "Ana"), nobody)).toBe(false);
    expect(roster.notice(came(3, "u1", "Anna"), nobody)).toBe(true);
    expect(roster.people().map((person) => person.nickname)).toEqual(["Anna"]);
  });

  it("someone who left is still known by name", () => {
    const roster = new Roster("me");
    roster.notice(came(3, "u1", "Ana"), nobody);
    expect(roster.notice(gone(3), nobody)).toBe(true);
    expect(roster.people()).toEqual([]);
    expect(roster.nameOf("u1")).toBe("Ana");
  });

  it("an index that now is someone else is a change, whatever the name", () => {
    const roster = new Roster("me");
    roster.notice(came(3, "u1", "Ana"), nobody);
    expect(roster.notice(came(3, "u2", "Ana"), nobody)).toBe(true);
    expect(roster.people().map((person) => person.user_id)).toEqual(["u2"]);
  });

  it("a movement is no news", () => {
    const roster = new Roster("me");
    roster.notice(came(3, "u1", "Ana"), nobody);
    const moved: Change = { index: 3, mask: CHANGE.transform, record: undefined, fresh: false };
    expect(roster.notice(moved, nobody)).toBe(false);
    expect(roster.people().length).toBe(1);
  });

  it("being away and coming back are shown", () => {
    const roster = new Roster("me");
    roster.notice(came(3, "u1", "Ana"), nobody);
    expect(roster.noticeAway(new Set([3]))).toBe(true);
    expect(roster.people()[0]?.away).toBe(true);
    expect(roster.noticeAway(nobody)).toBe(true);
    expect(roster.noticeAway(nobody)).toBe(false);
  });
});
