/** When a finger is a tap. */
import { expect, it } from "vitest";
import { drags, sideOf, TAP_SLOP_PX } from "./taps";

it("the left half walks, the right half looks", () => {
  expect([0, 194, 195, 389].map((x) => sideOf(x, 390))).toEqual(["stick", "stick", "look", "look"]);
});

it("a trembling finger still taps", () => {
  expect(drags({ x: 10, y: 10 }, 10 + TAP_SLOP_PX, 10)).toBe(false);
  expect(drags({ x: 10, y: 10 }, 10 + TAP_SLOP_PX, 11)).toBe(true);
});
