import { expect, test } from "vitest";
import { capsuleAlong } from "./aim";

/** From eye height along +Z, raised by an angle. */
const ahead = (x: number, y: number, z: number, up = 0, high = 1.7, radius = 0.35) =>
  capsuleAlong(0, 1.6, 0, 0, Math.sin(up), Math.cos(up), x, y, z, high, radius);

test("who stands ahead is met at their front", () => {
  expect(ahead(0, 0, 5, 0, 2.4)).toBeCloseTo(4.65);
  expect(ahead(0.3, 0, 5, 0, 2.4)).toBeGreaterThan(4.65);
  // At the height of a head it is rounder.
  expect(ahead(0, 0, 5)).toBeGreaterThan(4.65);
});

test("beside, above, below and behind nobody is met", () => {
  expect(ahead(0.4, 0, 5)).toBe(Infinity);
  expect(ahead(0, 0, 5, 0.2)).toBe(Infinity);
  expect(ahead(0, -2, 5)).toBe(Infinity);
  expect(ahead(0, 0, -5)).toBe(Infinity);
});

test("a low one is met from above, at its round top", () => {
  expect(ahead(0, 0, 3, -0.3, 0.95, 0.46)).toBeLessThan(3);
  expect(ahead(0, 0, 3, 0, 0.95, 0.46)).toBe(Infinity);
});

test("who stands inside is met at once", () => {
  expect(ahead(0.1, 0.5, 0)).toBe(0);
});
