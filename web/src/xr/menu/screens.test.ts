import { expect, test } from "vitest";
import type { Laid } from "./lay_out";
import { screensOf } from "./screens";

const rows = (...heights: readonly number[]): readonly Laid[] => heights.map((height) => ({ height, put: () => undefined }));

test("rows fill one screen after the other", () => {
  expect(screensOf(rows(40, 40, 40, 40), 100, 10, false)).toEqual([[0, 2], [2, 4]]);
});

test("what happened last fills the first screen whole", () => {
  expect(screensOf(rows(40, 40, 40), 100, 10, true)).toEqual([[1, 3], [0, 1]]);
});

test("a row higher than a screen has one of its own, and nothing has one too", () => {
  expect(screensOf(rows(40, 500, 40), 100, 10, false)).toEqual([[0, 1], [1, 2], [2, 3]]);
  expect(screensOf([], 100, 10, true)).toEqual([[0, 0]]);
});
