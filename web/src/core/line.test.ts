import { expect, test } from "vitest";
import { isSlow } from "./line";

const SCRIPT = { transferSize: 71_000, encodedBodySize: 70_000, responseStart: 200 };

test("a line is slow on which a script takes long for its size", () => {
  expect(isSlow({ ...SCRIPT, responseEnd: 350 })).toBe(true);
  expect(isSlow({ ...SCRIPT, responseEnd: 210 })).toBe(false);
});

test("what the browser kept, and what it tells nothing of, came at once", () => {
  expect(isSlow({ ...SCRIPT, transferSize: 0, responseEnd: 900 })).toBe(false);
  expect(isSlow(undefined)).toBe(false);
});
