import { expect, test } from "vitest";
import { LESSONS, lessonLines } from "./lessons";

test("what is still to learn is said for the hand that does it", () => {
  expect(lessonLines(LESSONS, "right", false).map((line) => line.split(" ")[0])).toEqual(["Left", "Right", "Right"]);
  expect(lessonLines(["walk"], "left", false)).toEqual(["Right stick walks"]);
  expect(lessonLines([], "left", false)).toEqual([]);
});

test("bare hands have no sticks", () => {
  const [line, ...others] = lessonLines(LESSONS, "right", true);
  expect([line, others]).toEqual([expect.stringContaining("Pinch"), []]);
  expect(lessonLines(["walk", "turn"], "right", true)).toEqual([]);
});
