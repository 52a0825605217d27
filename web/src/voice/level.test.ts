import { expect, test } from "vitest";
import { Speech, levelDb, meterOf, mouthOf } from "./level";

/** What a speech detector says of levels that last, each looked at every 20 ms. */
function heard(speech: Speech, ...levels: readonly (readonly [db: number, for_ms: number])[]): readonly boolean[] {
  const said: boolean[] = [];
  let now_ms = 0;
  for (const [db, for_ms] of levels) {
    for (const until_ms = now_ms + for_ms; now_ms < until_ms; now_ms += 20) speech.hear(db, now_ms);
    said.push(speech.speaks);
  }
  return said;
}

test("levels are told below full scale, and silence is not the end of numbers", () => {
  expect(levelDb(new Float32Array(512).fill(1))).toBeCloseTo(0);
  expect(levelDb(new Float32Array(512).fill(0.1))).toBeCloseTo(-20);
  expect(levelDb(new Float32Array(512))).toBeLessThan(-100);
  expect([meterOf(-120), meterOf(-30), meterOf(6)]).toEqual([0, 0.5, 1]);
});

test("a whisper hardly opens a mouth, and a loud vowel all the way", () => {
  expect([mouthOf(-120), mouthOf(-34), mouthOf(0)]).toEqual([0, 0.5, 1]);
});

test("whoever speaks is shown after a moment, and through the gaps between words", () => {
  expect(heard(new Speech(), [-70, 200], [-20, 100], [-70, 300], [-20, 40], [-70, 300], [-70, 200])).toEqual([false, true, true, true, true, false]);
});

test("a click on the table is no speech, nor are several of them", () => {
  expect(heard(new Speech(), [-10, 40], [-70, 80], [-10, 40], [-70, 80])).toEqual([false, false, false, false]);
});

test("a voice that falls a little is still the same voice, and none begins so quietly", () => {
  expect(heard(new Speech(), [-48, 500], [-40, 100], [-48, 900])).toEqual([false, true, true]);
});

test("of another speaker in the same place nothing is known", () => {
  const speech = new Speech();
  heard(speech, [-20, 200]);
  speech.reset();
  expect(speech.hear(-20, 1_000)).toBe(false);
});
