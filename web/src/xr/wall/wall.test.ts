import { expect, test } from "vitest";
import { EVERYONE } from "../../core/audience";
import type { LogLine } from "../../core/log";
import { NO_RELATIONS } from "../../core/rights";
import { measure, press, wordsOn } from "../testing/room";
import { layOutWall } from "./wall";

const told = (text: string): LogLine => ({ kind: "told", at_ms: 0, line: { text, tone: "plain" } });
const said = (user_id: string, text: string): LogLine => ({
  kind: "said",
  at_ms: 0,
  line: { at_ms: 0, user_id, nickname: user_id, color: "#FFFFFF", text, to: EVERYONE },
});

function wall(lines: readonly LogLine[], screen = 0, blocked: readonly string[] = []) {
  const did: (number | "closed")[] = [];
  const hands = { screen, show: (to: number) => void did.push(to), close: () => void did.push("closed") };
  return { sheet: layOutWall(lines, { ...NO_RELATIONS, blocked: new Set(blocked) }, hands, measure), did };
}

test("a hundred lines are leafed through, the newest first", () => {
  const lines = Array.from({ length: 100 }, (_, at) => told(`line ${at}`));
  const { sheet, did } = wall(lines);
  expect(wordsOn(sheet)).toContain("line 99");
  expect(() => press(sheet, "Later")).toThrow("cannot be pressed");
  press(sheet, "Earlier");
  expect(did).toEqual([1]);
  const screens = Array.from({ length: 20 }, (_, screen) => wordsOn(wall(lines, screen).sheet));
  expect(new Set(screens.flat().filter((words) => words.startsWith("line "))).size).toBe(100);
});

test("what somebody said stands beside their name, and nothing of whom one does not meet", () => {
  const { sheet } = wall([said("ben", "Hello"), said("cleo", "Psst")], 0, ["cleo"]);
  expect(wordsOn(sheet)).toEqual(expect.arrayContaining(["ben", "Hello"]));
  expect(wordsOn(sheet)).not.toContain("Psst");
});

test("an empty wall says so, and every wall is closed by its cross", () => {
  const { sheet, did } = wall([]);
  expect(wordsOn(sheet)).toContain("Nothing has happened since you came.");
  sheet.find("close")?.act();
  expect(did).toEqual(["closed"]);
});
