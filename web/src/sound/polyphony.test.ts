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
