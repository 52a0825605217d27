import { describe, expect, it } from "vitest";
import { compose, copyStretched, turn } from "./matrix";

const HALF = Math.SQRT1_2;

describe("matrices", () => {
  it("a quarter turn about Y sends +Z to +X, as Babylon has it", () => {
    const out = new Float32Array(16);
    compose(out, 0, [1, 2, 3], [0, HALF, 0, HALF], [1, 1, 1]);
    expect([...out.slice(8, 11)].map((part) => Math.round(part * 1e6) / 1e6 + 0)).toEqual([1, 0, 0]);
    expect([...out.slice(12, 16)]).toEqual([1, 2, 3, 1]);
  });

  it("a vector turns as the matrix of the same quaternion turns it", () => {
    const matrix = new Float32Array(16);
    const quaternion = [0.5, 0.5, -0.5, 0.5] as const;
    compose(matrix, 0, [0, 0, 0], quaternion, [1, 1, 1]);
    const turned: [number, number, number] = [0, 0, 0];
    turn(turned, quaternion, [1, 2, 3]);
    for (let part = 0; part < 3; part += 1) {
      const expected = (matrix[part] ?? 0) + 2 * (matrix[4 + part] ?? 0) + 3 * (matrix[8 + part] ?? 0);
      expect(turned[part]).toBeCloseTo(expected);
    }
  });

  it("stretching a unit shape leaves its place alone", () => {
    const source = new Float32Array(32);
    compose(source, 16, [4, 5, 6], [0, 0, 0, 1], [1, 1, 1]);
    const out = new Float32Array(16);
    copyStretched(out, 0, source, 16, [2, 3, 4]);
    expect([out[0], out[5], out[10]]).toEqual([2, 3, 4]);
    expect([...out.slice(12)]).toEqual([4, 5, 6, 1]);
  });
});
