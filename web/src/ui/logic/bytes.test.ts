/** Amounts of data and progress. */
import { expect, it } from "vitest";
import { formatBytes, progress } from "./bytes";

it("amounts have the unit that keeps them short", () => {
  expect([0, 999, 1_499, 999_499, 999_600, 3_240_000].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "999 kB",
    "1.0 MB",
    "3.2 MB",
  ]);
});

it("progress stays between nothing and everything", () => {
  expect(progress(5, 0)).toBe(0);
  expect(progress(5, 10)).toBe(0.5);
  expect(progress(12, 10)).toBe(1);
});
