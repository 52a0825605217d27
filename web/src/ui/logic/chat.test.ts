/** How chat lines stand together. */
import { expect, it } from "vitest";
import { EVERYONE, NEAR } from "../../core/audience";
import type { ChatLine } from "../../core/chat";
import { NO_RELATIONS } from "../../core/rights";
import { charactersLeft, listedLines, overheard, OVERHEARD_CHARS_MAX } from "./chat";

const line = (at_ms: number, user_id: string, nickname = user_id): ChatLine => ({ at_ms, user_id, nickname, color: "#FFFFFF", text: "hi", to: EVERYONE });
const headed = (lines: readonly ChatLine[]) => listedLines(lines, NO_RELATIONS).map((listed) => listed.headed);

it("a name stands where the person changes, was renamed, or five minutes have passed", () => {
  expect(headed([line(0, "ann"), line(1, "ann"), line(2, "ben"), line(3, "ann")])).toEqual([true, false, true, true]);
  expect(headed([line(0, "ann"), line(1, "ann", "Anna")])).toEqual([true, true]);
  expect(headed([line(0, "ann"), line(300_000, "ann")])).toEqual([true, true]);
  expect(headed([line(0, "ann"), { ...line(1, "ann"), to: NEAR }])).toEqual([true, true]);
});

it("two lines of one moment are still two lines", () => {
  const keys = listedLines([line(0, "ann"), line(0, "ann")], NO_RELATIONS).map((listed) => listed.key);
  expect(new Set(keys).size).toBe(2);
});

it("lines of people one does not meet are left out, also those from before, and the others stand together", () => {
  const relations = { blocked: new Set(["ben"]), blocked_by: new Set(["cem"]) };
  const listed = listedLines([line(0, "ann"), line(1, "ben"), line(2, "cem"), line(3, "ann")], relations);
  expect(listed.map(({ line, headed }) => [line.at_ms, headed])).toEqual([[0, true], [3, false]]);
});

it("characters are counted only near the limit, and beyond it", () => {
  expect(charactersLeft("x".repeat(899))).toBeNull();
  expect(charactersLeft("x".repeat(900))).toBe(100);
  expect(charactersLeft("🦊".repeat(1_001))).toBe(-1);
});

it("what is overheard is one line, and long speeches end in the chat", () => {
  expect(overheard({ ...line(0, "ann"), text: "one\n two" })).toBe("ann: one two");
  expect(overheard(line(0, "ann"), "to you alone")).toBe("ann to you alone: hi");
  const long = overheard({ ...line(0, "ann"), text: "🦊".repeat(500) });
  expect([...long].length).toBe("ann: ".length + OVERHEARD_CHARS_MAX);
  expect(long.endsWith("🦊…")).toBe(true);
});
