/** Long lists. */
import { expect, it } from "vitest";
import { ROWS_AROUND, visibleSpan } from "./windowed";

it("a short list is made whole", () => {
  expect(visibleSpan(5, 44, 0, 600)).toEqual({ from: 0, to: 5 });
  expect(visibleSpan(0, 44, 0, 600)).toEqual({ from: 0, to: 0 });
});

it("of a thousand rows only those in sight and a few around are made", () => {
  const { from, to } = visibleSpan(1_000, 44, 440 * 44, 440);
  expect(from).toBe(440 - ROWS_AROUND);
  expect(to).toBe(450 + ROWS_AROUND);
});

it("a list that became shorter than where one had scrolled to shows its end", () => {
  const { from, to } = visibleSpan(3, 44, 40_000, 440);
  expect(to).toBe(3);
  expect(from).toBeLessThan(3);
});

it("a list below the window's edge is begun all the same", () => {
  expect(visibleSpan(1_000, 44, -900, 440)).toEqual({ from: 0, to: ROWS_AROUND });
});
