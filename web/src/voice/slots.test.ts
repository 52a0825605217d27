import { expect, test } from "vitest";
import { screensIn, slotsIn } from "./slots";

test("each line has somebody or nobody, whatever is told", () => {
  expect(slotsIn({ slots: ["ada", null, 7, "ben", "too", "many"] }, 4)).toEqual(["ada", null, null, "ben"]);
  expect(slotsIn({ slots: ["ada"] }, 3)).toEqual(["ada", null, null]);
});

test("each line of video has a screen or none", () => {
  expect(screensIn({ screens: ["e1", null, "many"] })).toEqual(["e1", null]);
  expect([screensIn({ slots: [] }), screensIn({ screens: 7 })]).toEqual([undefined, undefined]);
});

test("what is about something else is about something else", () => {
  expect(slotsIn({ slots: 4 }, 2)).toBeUndefined();
  expect(slotsIn({ other: [] }, 2)).toBeUndefined();
  expect(slotsIn(null, 2)).toBeUndefined();
});
