import { expect, test } from "vitest";
import { EVERYONE } from "../../core/audience";
import { HUD_LINE_MS } from "../../ui/logic/hud";
import { measure, testRoom, wordsOn } from "../testing/room";
import { LINES, layOutLines } from "./lay_out";
import { Lines } from "./lines";

const said = (user_id: string, text: string) => ({ at_ms: 0, user_id, nickname: user_id, color: "#FFFFFF", text, to: EVERYONE });

test("a line stands five seconds and says so only when it comes and goes", () => {
  const { app } = testRoom();
  const lines = new Lines(app, () => false);
  lines.step(1_000, 0);
  app.hud.warn("No.");
  expect([lines.step(1_010, 0), lines.step(1_020, 0)]).toEqual([true, false]);
  expect(lines.standing(0)).toHaveLength(1);
  expect(lines.step(1_000 + HUD_LINE_MS, 0)).toBe(true);
  expect(lines.standing(0)).toEqual([]);
});

test("what others say is overheard, unless it is read in the chat or comes from whom one does not meet", () => {
  const { app } = testRoom();
  let reads = false;
  const lines = new Lines(app, () => reads);
  const hear = (user_id: string, text: string): void => app.chat.chat$.next([said(user_id, text)]);
  hear("ben", "one");
  hear("ada", "own");
  app.people.relations$.next({ blocked: new Set(["ben"]), blocked_by: new Set() });
  hear("ben", "two");
  reads = true;
  hear("cleo", "three");
  expect(lines.standing(0).map(({ text }) => text)).toEqual(["ben: one"]);
});

test("a lost connection is told for as long as it is lost", () => {
  const { app } = testRoom();
  const lines = new Lines(app, () => false);
  lines.step(0, 0);
  app.visit.connection$.next({ kind: "reconnecting", since_ms: 0, next_try_ms: 3_000, blocked: false });
  expect(lines.step(10, 0)).toBe(true);
  expect(lines.standing(0).at(-1)?.text).toBe("Reconnecting… Next try in 3 s");
  expect([lines.step(20, 400), lines.step(30, 1_500)]).toEqual([false, true]);
  app.visit.connection$.next({ kind: "connecting" });
  expect([lines.step(40, 1_600), lines.standing(1_600)]).toEqual([true, []]);
});

test("who is dead reads who did it and when they are back, large, for as long as it takes; their own death is no line besides", () => {
  const { app } = testRoom();
  const lines = new Lines(app, () => false);
  lines.step(0, 0);
  app.hud.hud$.next({ text: "Ben got you", tone: "plain", quiet: true });
  app.vitals.killedBy("Ben");
  app.vitals.learn({ dead: { until: 12_000 } }, 0);
  expect(lines.step(10, 0)).toBe(true);
  expect(lines.standing(0)).toEqual([{ text: "You died. Ben got you. Back in 12 s.", tone: "plain", banner_ms: expect.any(Number) }]);
  app.vitals.learn({ dead: { until: 12_000 } }, 500);
  expect(lines.step(20, 0)).toBe(false);
  app.vitals.learn({ dead: { until: 12_000 } }, 1_500);
  expect(lines.step(30, 0)).toBe(true);
  app.vitals.learn({}, 12_000);
  expect([lines.step(40, 0), lines.standing(0)]).toEqual([true, []]);
});

test("the newest line stands lowest, and what has no room above is left out", () => {
  const many = Array.from({ length: 40 }, (_, at) => ({ text: `line ${at}`, tone: "plain" }) as const);
  const sheet = layOutLines(many, measure);
  const lowest = sheet.pieces.filter((piece) => piece.kind === "text").toSorted((a, b) => b.y - a.y)[0];
  expect(lowest?.text).toBe("line 39");
  expect(sheet.pieces.every((piece) => !("y" in piece) || (piece.y >= 0 && piece.y <= LINES.height))).toBe(true);
  expect(wordsOn(sheet)).not.toContain("line 0");
});

test("what the room says is larger, and stands as long as it wishes", () => {
  const { app } = testRoom();
  const lines = new Lines(app, () => false);
  lines.step(0, 0);
  app.hud.hud$.next({ text: "Run!", tone: "plain", banner_ms: 1_000 });
  app.hud.hud$.next({ text: "Ben came in", tone: "plain" });
  const sizes = layOutLines(lines.standing(0), measure).pieces.flatMap((piece) => (piece.kind === "text" ? [[piece.text, piece.size]] : []));
  const size = new Map(sizes as [string, number][]);
  expect((size.get("Run!") ?? 0) > (size.get("Ben came in") ?? 0)).toBe(true);
  lines.step(1_000, 0);
  expect(lines.standing(0).map(({ text }) => text)).toEqual(["Ben came in"]);
});
