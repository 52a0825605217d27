import { expect, test } from "vitest";
import type { Vector } from "../scene/matrix";
import { meets } from "./arc";

const HAND: Vector = [0, 1.2, 0];
type Distance = (x: number, y: number, z: number) => number;
const floor: Distance = (_, y) => Math.min(0.5, y);

/** Where an arc that is thrown at an angle above the horizon lands, along Z. */
function thrown(degrees: number, distance: Distance = floor): readonly number[] | undefined {
  const angle = (degrees * Math.PI) / 180;
  const out: [number, number, number] = [0, 0, 0];
  return meets(out, HAND, [0, Math.sin(angle), Math.cos(angle)], distance) === undefined ? undefined : out;
}

test("an arc lands where the fall of a throw does", () => {
  // Thrown level from 1.2 m it falls for sqrt(2 * 1.2 / 9.81) seconds at 9.5 m/s.
  expect(thrown(0)?.[2]).toBeCloseTo(9.5 * Math.sqrt(2.4 / 9.81), 1);
  expect(thrown(0)?.[1]).toBeCloseTo(0, 1);
});

test("it goes farther the higher it is thrown, up to ten metres and more, and down to the feet", () => {
  expect(thrown(-80)?.[2]).toBeLessThan(0.4);
  expect(thrown(40)?.[2]).toBeGreaterThan(9.5);
  expect(thrown(40)?.[2]).toBeLessThan(12);
});

test("what stands in its way stops it, however thin", () => {
  const wall: Distance = (x, y, z) => Math.min(floor(x, y, z), Math.abs(z - 2));
  expect(thrown(10, wall)?.[2]).toBeCloseTo(2, 1);
});

test("where there is nothing it meets nothing", () => {
  expect(thrown(20, () => 0.5)).toBeUndefined();
});
