import { expect, test } from "vitest";
import { wheelOf } from "./controls";

const STILL = { deltaX: 0, deltaY: 0, deltaMode: 0, shiftKey: false };

test("a wheel counts in pixels, whatever it counts in", () => {
  expect([0, 1].map((deltaMode) => wheelOf({ ...STILL, deltaY: 3, deltaMode }))).toEqual([3, 99]);
});

test("with Shift a wheel that a browser calls sideways counts as well; without, sideways counts for nothing", () => {
  expect(wheelOf({ ...STILL, deltaX: 100, shiftKey: true })).toBe(100);
  expect(wheelOf({ ...STILL, deltaX: 5, deltaY: -100, shiftKey: true })).toBe(-100);
  expect(wheelOf({ ...STILL, deltaX: 100 })).toBe(0);
});
