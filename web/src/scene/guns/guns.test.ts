import { describe, expect, test } from "vitest";
import { GUN_KINDS, PICK_UPS } from "../../core/guns";
import { Carry, composeAhead, composeInHand } from "./carry";
import { GUNS, ITEMS } from "./forms";

const EYE = Float32Array.of(2, 1.7, 5, 0, 0, 0, 1);

describe("clay", () => {
  test.each([...GUN_KINDS.map((kind) => [kind, GUNS[kind].clay] as const), ...PICK_UPS.map((item) => [item, ITEMS[item].clay] as const)])("of a %s is whole and affordable", (_, make) => {
    const clay = make();
    for (const list of [clay.positions, clay.normals, clay.colors, clay.traits]) expect(list.every(Number.isFinite)).toBe(true);
    expect(Math.max(...clay.indices)).toBeLessThan(clay.corners);
    expect(clay.triangles).toBeLessThan(1_400);
    expect(Math.max(...clay.positions.map(Math.abs))).toBeLessThan(0.8);
  });

  test.each(GUN_KINDS)("a %s has its muzzle at its front", (kind) => {
    const { positions } = GUNS[kind].clay();
    const front = Math.max(...positions.filter((_, at) => at % 3 === 2));
    expect(Math.abs(front - GUNS[kind].muzzle[2])).toBeLessThan(0.06);
  });
});

describe("one's own weapon", () => {
  const at = (carry: Carry) => {
    const matrix = new Float32Array(16);
    carry.compose(matrix, EYE, "rifle", 1.6);
    return [12, 13, 14].map((cell, axis) => (matrix[cell] ?? 0) - (EYE[axis] ?? 0));
  };
  /** In hand for a while. */
  const raised = () => {
    const carry = new Carry();
    for (let frame = 0; frame < 100; frame += 1) carry.step("rifle", 0.016, 0, 0, 0, false);
    return carry;
  };

  test("is at the lower right, so near that it sticks in no wall", () => {
    const [x = 0, y = 0, z = 0] = at(raised());
    expect([x > 0, y < 0, z > 0]).toEqual([true, true, true]);
    expect(Math.hypot(x, y, z)).toBeLessThan(0.35);
    expect(raised().alive).toBe(false);
  });

  test("comes up from below, is lowered while it is loaded, and kicked by a shot", () => {
    const fresh = new Carry();
    fresh.step("rifle", 0.016, 0, 0, 0, false);
    const [, rest = 0, ahead = 0] = at(raised());
    expect(at(fresh)[1]).toBeLessThan(rest - 0.04);
    const loading = raised();
    for (let frame = 0; frame < 60; frame += 1) loading.step("rifle", 0.016, 0, 0, 0, true);
    expect(at(loading)[1]).toBeLessThan(rest - 0.04);
    const kicked = raised();
    kicked.kick();
    expect(at(kicked)[2]).toBeLessThan(ahead);
    expect(kicked.alive).toBe(true);
    for (let frame = 0; frame < 60; frame += 1) kicked.step("rifle", 0.016, 0, 0, 0, false);
    expect(at(kicked)[2]).toBeCloseTo(ahead, 3);
  });

  test("bobs with steps, and not while one stands", () => {
    const carry = raised();
    const [, rest = 0] = at(carry);
    const heights = Array.from({ length: 60 }, () => {
      carry.step("rifle", 0.016, 0.04, 0, 0, false);
      return at(carry)[1] ?? 0;
    });
    expect(rest - Math.min(...heights)).toBeGreaterThan(0.002);
    for (let frame = 0; frame < 80; frame += 1) carry.step("rifle", 0.016, 0, 0, 0, false);
    expect(at(carry)[1]).toBeCloseTo(rest, 3);
  });
});

test("a weapon of somebody without hands is before them, whichever way they look", () => {
  const matrix = new Float32Array(16);
  const turned = Float32Array.of(0, 1.6, 0, 0, Math.SQRT1_2, 0, Math.SQRT1_2);
  composeAhead(matrix, turned, 0);
  expect(matrix[12]).toBeGreaterThan(0.3);
  expect(matrix[14]).toBeLessThan(0);
  expect([matrix[8], matrix[9], matrix[10]].map((part) => Math.round(part ?? 0))).toEqual([1, 0, 0]);
});

test("a weapon in a hand is where the hand is", () => {
  const matrix = new Float32Array(16);
  composeInHand(matrix, EYE, 0);
  expect([...matrix.subarray(12, 15)].map((part) => Number(part.toFixed(3)))).toEqual([2, 1.7, 5]);
});
