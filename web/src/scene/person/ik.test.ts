import { describe, expect, it } from "vitest";
import { STRETCH_MAX, bend, composeLimb } from "./ik";

const at = (x: number, y: number, z: number) => Float32Array.of(x, y, z);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.hypot((a[0] ?? 0) - (b[0] ?? 0), (a[1] ?? 0) - (b[1] ?? 0), (a[2] ?? 0) - (b[2] ?? 0));

/** A limb of 0.4 and 0.3 from a place. */
function limb(target: Float32Array, pole = at(0, 0, 1), from = at(1, 2, 3)) {
  const out = new Float32Array(6);
  bend(out, 0, from, target, pole, 0.4, 0.3);
  return { middle: out.subarray(0, 3), end: out.subarray(3), from };
}

describe("a limb of two bones", () => {
  it("ends at what is in reach, its bones as long as they are", () => {
    for (const target of [at(1, 1.5, 3), at(1.3, 2.2, 2.8), at(0.8, 2, 3.4)]) {
      const { middle, end, from } = limb(target);
      expect(apart(end, target)).toBeCloseTo(0, 5);
      expect(apart(from, middle)).toBeCloseTo(0.4, 5);
      expect(apart(middle, end)).toBeCloseTo(0.3, 5);
    }
  });

  it("bends towards its pole", () => {
    expect(limb(at(1, 1.5, 3), at(0, 0, 1)).middle[2]).toBeGreaterThan(3.1);
    expect(limb(at(1, 1.5, 3), at(-1, -5, 0)).middle[0]).toBeLessThan(0.9);
  });

  it("is never quite straight, however far the target is", () => {
    const { middle, end, from } = limb(at(1, -7, 3));
    expect(apart(from, end)).toBeCloseTo(0.7 * STRETCH_MAX, 5);
    expect(apart(from, middle)).toBeCloseTo(0.4, 5);
  });

  it("has a shape also where target, joint and pole say nothing", () => {
    for (const { middle, end } of [limb(at(1, 2, 3)), limb(at(1, 1.5, 3), at(0, 1, 0)), limb(at(1.5, 2, 3), at(0, 0, 0))]) {
      expect([...middle, ...end].every(Number.isFinite)).toBe(true);
    }
  });

  it("a bone's matrix begins at its joint, -Y along it, +Z as near ahead as that is across", () => {
    const out = new Float32Array(16);
    composeLimb(out, 0, Float32Array.of(1, 2, 3, 1, 1, 3), 0, 3, 0.5, 0.5, 0.5, 2);
    const rounded = [...out].map((part) => Math.round(part * 1e4) / 1e4 + 0);
    expect(rounded.slice(4, 8)).toEqual([0, 2, 0, 0]);
    expect(rounded.slice(8, 12)).toEqual([1.4142, 0, 1.4142, 0]);
    expect(rounded.slice(12)).toEqual([1, 2, 3, 1]);
  });
});
