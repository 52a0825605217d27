import { expect, test } from "vitest";
import { slotsIn } from "./slots";

test("each line has somebody or nobody, whatever is told", () => {
  expect(slotsIn({ slots: ["ada", null, 7, "ben", "too", "many"] }, 4)).toEqual(["ada", null, null, "ben"]);
  expect(slotsIn({ slots: ["ada"] }, 3)).toEqual(["ada", null, null]);
});

test("what is about something else is about something else", () => {
  expect(slotsIn({ slots: 4 }, 2)).toBeUndefined();
  expect(slotsIn({ other: [] }, 2)).toBeUndefined();
  expect(slotsIn(null, 2)).toBeUndefined();
});
