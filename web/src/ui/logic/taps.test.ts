/** When a finger is a tap. */
import { expect, it } from "vitest";
import { drags, flickOf, sideOf, TAP_SLOP_PX } from "./taps";

it("the left half walks, the right half looks", () => {
  expect([0, 194, 195, 389].map((x) => sideOf(x, 390))).toEqual(["stick", "stick", "look", "look"]);
});

it("a trembling finger still taps", () => {
  expect(drags({ x: 10, y: 10 }, 10 + TAP_SLOP_PX, 10)).toBe(false);
  expect(drags({ x: 10, y: 10 }, 10 + TAP_SLOP_PX, 11)).toBe(true);
});

/** A finger that lands at 0 ms and goes so fast, to the right and down, pixels per second, seen every 16 ms. */
const swipe = (ms: number, right: number, down: number) => {
  const times_ms = Array.from({ length: Math.floor(ms / 16) + 1 }, (_, step) => step * 16);
  return times_ms.map((at_ms) => ({ x: (right * at_ms) / 1_000, y: (down * at_ms) / 1_000, at_ms }));
};

it("a finger that is lifted in full swing flicks, to where it went", () => {
  const [right, down] = flickOf(swipe(160, 800, -1_600), 160) ?? [];
  expect([right, down]).toEqual([expect.closeTo(800), expect.closeTo(-1_600)]);
});

it("a finger that is slow, has stopped or has looked around for long does not flick", () => {
  expect(flickOf(swipe(160, 300, -300), 160)).toBeUndefined();
  expect(flickOf(swipe(160, 800, -1_600), 260)).toBeUndefined();
  expect(flickOf(swipe(640, 800, -1_600), 640)).toBeUndefined();
  expect(flickOf([{ x: 0, y: 0, at_ms: 0 }], 0)).toBeUndefined();
});
