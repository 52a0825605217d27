import { describe, expect, it } from "vitest";
import { compose, composePose, composeUpright, copyStretched, turn } from "./matrix";

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

  it("a pose among others becomes the matrix of its place and turn", () => {
    const poses = new Float32Array(21);
    poses.set([1, 2, 3, 0.5, 0.5, -0.5, 0.5], 7);
    const [written, expected] = [new Float32Array(32), new Float32Array(32)];
    composePose(written, 16, poses, 7, 2);
    compose(expected, 16, [1, 2, 3], [0.5, 0.5, -0.5, 0.5], [2, 2, 2]);
    expect([...written]).toEqual([...expected]);
  });

  it("an upright pose keeps its turn and forgets its tilt", () => {
    const poses = new Float32Array(7);
    // A quarter turn to +X, then looking down.
    const [sin, cos] = [Math.sin(0.4), Math.cos(0.4)];
    poses.set([1, 2, 3, HALF * sin, HALF * cos, -HALF * sin, HALF * cos]);
    const out = new Float32Array(16).fill(9);
    composeUpright(out, 0, poses, 0, 1, 0.5);
    const rounded = [...out].map((part) => Math.round(part * 1e5) / 1e5 + 0);
    expect(rounded).toEqual([0, 0, -1, 0, 0, 0.5, 0, 0, 1, 0, 0, 0, 1, 2, 3, 1]);
  });

  it("whoever looks straight down still stands upright", () => {
    const out = new Float32Array(16);
    composeUpright(out, 0, Float32Array.of(0, 0, 0, HALF, 0, 0, HALF), 0, 1, 1);
    expect(out.every(Number.isFinite)).toBe(true);
    expect(out[5]).toBe(1);
  });
});
