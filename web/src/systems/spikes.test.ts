/** Leaps of a captured mouse. */
import { expect, test } from "vitest";
import { Spikes } from "./spikes";

const believed = (...reports: number[]) => {
  const spikes = new Spikes();
  return reports.filter((x) => spikes.believes(x, 0));
};

test("one leap among small moves is dropped, whichever way", () => {
  expect(believed(3, 4, 700, 3, -2, -640, 1)).toEqual([3, 4, 3, -2, 1]);
});

test("a hand that gets fast is believed, and one that is fast at once from its second report on", () => {
  expect(believed(20, 80, 200, 420, 500)).toEqual([20, 80, 200, 420, 500]);
  expect(believed(2, 300, 320, 310)).toEqual([2, 320, 310]);
});
