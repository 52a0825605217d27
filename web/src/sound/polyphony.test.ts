import { expect, test } from "vitest";
import { BURST_MAX, BURST_MS, EFFECTS_MAX, Polyphony } from "./polyphony";

/** So many effects of a loudness sound, each begun when no burst was in the way. */
function sounding(loudness: readonly number[]): Polyphony {
  const polyphony = new Polyphony();
  loudness.forEach((each, at) => polyphony.admit(each, BURST_MS * at));
  return polyphony;
}
const LATER_MS = 10_000;

test("at most sixteen sound at once, and the quietest gives way", () => {
  const polyphony = sounding(Array.from({ length: EFFECTS_MAX }, (_, at) => (at === 5 ? 0.1 : 0.5)));
  expect(polyphony.admit(0.3, LATER_MS)?.goes).toBe(6);
  expect(polyphony.count).toBe(EFFECTS_MAX);
});

test("of equally loud ones the oldest gives way", () => {
  const polyphony = sounding(Array.from({ length: EFFECTS_MAX }, () => 0.5));
  expect(polyphony.admit(0.5, LATER_MS)?.goes).toBe(1);
});

test("who would be the quietest of too many does not begin", () => {
  const polyphony = sounding(Array.from({ length: EFFECTS_MAX }, () => 0.5));
  expect(polyphony.admit(0.4, LATER_MS)).toBeUndefined();
  polyphony.over(3);
  expect(polyphony.admit(0.4, LATER_MS)?.goes).toBeUndefined();
});

test("at most eight begin within a tenth of a second, and the next when that has passed", () => {
  const polyphony = new Polyphony();
  const begun = Array.from({ length: 20 }, (_, at) => polyphony.admit(1, at)).filter((each) => each !== undefined);
  expect(begun).toHaveLength(BURST_MAX);
  expect(polyphony.admit(1, BURST_MS)).toBeDefined();
});

test("in a burst a louder one takes the place of the quietest that has just begun, and a quieter one does not", () => {
  const polyphony = new Polyphony();
  for (let at = 0; at < BURST_MAX; at += 1) polyphony.admit(0.1 * (at + 1), at);
  expect(polyphony.admit(0.05, 20)).toBeUndefined();
  expect(polyphony.admit(0.5, 20)?.goes).toBe(1);
  expect(polyphony.count).toBe(BURST_MAX);
});

test("25 shots in a tick: the eight loudest are left, and no more ever sound", () => {
  const polyphony = new Polyphony();
  const left = new Map<number, number>();
  for (let shot = 0; shot < 25; shot += 1) {
    const loudness = ((shot * 7) % 25) / 25;
    const admitted = polyphony.admit(loudness, 0);
    if (admitted === undefined) continue;
    if (admitted.goes !== undefined) left.delete(admitted.goes);
    left.set(admitted.key, loudness);
    expect(polyphony.count).toBeLessThanOrEqual(BURST_MAX);
  }
  expect([...left.values()].sort((a, b) => a - b).map((loud) => Math.round(loud * 25))).toEqual([17, 18, 19, 20, 21, 22, 23, 24]);
});
