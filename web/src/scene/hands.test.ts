/** Where the bones of a hand lie. */
import { describe, expect, it } from "vitest";
import { composeBone, toRoom } from "./hands";

/** A point of the unit bone in the room. */
function at(matrix: Float32Array, x: number, y: number, z: number): number[] {
  return [0, 1, 2].map(
    (axis) => x * (matrix[axis] ?? 0) + y * (matrix[4 + axis] ?? 0) + z * (matrix[8 + axis] ?? 0) + (matrix[12 + axis] ?? 0),
  );
}

describe("a bone", () => {
  it("reaches from joint to joint, rounded beyond them, whatever way it lies", () => {
    for (const to of [[0, 0.03, 0], [0.03, 0, 0], [0, 0, -0.03], [0.01, 0.02, 0.02], [0, -0.03, 0]]) {
      const points = Float32Array.from([0, 0, 0, ...to]);
      const matrix = new Float32Array(16);
      composeBone(matrix, 0, points, 0, 3, 0.01);
      const length = Math.hypot(...to);
      const tip = at(matrix, 0, 0.5, 0);
      for (const axis of [0, 1, 2]) expect(tip[axis]).toBeCloseTo((to[axis] ?? 0) * (1 + 0.01 / length), 5);
      const side = at(matrix, 0.19, 0, 0).map((part, axis) => part - (to[axis] ?? 0) / 2);
      expect(Math.hypot(...side)).toBeCloseTo(0.01, 5);
      expect(side.reduce((sum, part, axis) => sum + part * (to[axis] ?? 0), 0)).toBeCloseTo(0, 6);
    }
  });

  it("of no length is a ball, not a hole", () => {
    const matrix = new Float32Array(16);
    composeBone(matrix, 0, new Float32Array(6), 0, 3, 0.01);
    expect([...matrix].every(Number.isFinite)).toBe(true);
    expect(at(matrix, 0, 0.5, 0)[1]).toBeCloseTo(0.01, 5);
  });
});

it("joints stand where the hand is, turned as it is", () => {
  const half = Math.SQRT1_2;
  const out = new Float32Array(3);
  // A quarter turn about Y takes +Z to +X.
  toRoom(Float32Array.of(1, 2, 3, 0, half, 0, half), 0, Float32Array.of(9, 0, 0, 0.1), 1, out);
  expect(out[0]).toBeCloseTo(1.1, 5);
  expect(out[1]).toBeCloseTo(2, 5);
  expect(out[2]).toBeCloseTo(3, 5);
});
