/** Where hands are that nothing tracks. */
import { describe, expect, it } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { ARM_M, SIDE, composeAtRest, composeReaching } from "./arms";
import { composePose } from "./matrix";

/** Someone 1.8 m high at (2, ., 3) who looks along a yaw and a pitch. */
function someone(yaw: number, pitch = 0): Float32Array {
  return Float32Array.of(2, 1.8, 3, ...lookQuaternion(yaw, pitch));
}

function thingAt(x: number, y: number, z: number): Float32Array {
  const matrix = new Float32Array(16);
  composePose(matrix, 0, Float32Array.of(x, y, z, 0, 0, 0, 1), 0, 1);
  return matrix;
}

const placeOf = (matrix: Float32Array) => [...matrix.subarray(12, 15)];
const axisOf = (matrix: Float32Array, axis: number) => [...matrix.subarray(4 * axis, 4 * axis + 3)];
const near = (expected: readonly number[]) => expected.map((part) => expect.closeTo(part, 4) as number);

describe("a hand at rest", () => {
  it("hangs beside the hip on its own side, whatever way one looks", () => {
    const hand = new Float32Array(16);
    composeAtRest(hand, 0, someone(0), 0, SIDE.right, 1);
    expect(placeOf(hand)).toEqual(near([2.245, 1.065, 3.085]));
    composeAtRest(hand, 0, someone(0), 0, SIDE.left, 1);
    expect(placeOf(hand)).toEqual(near([1.755, 1.065, 3.085]));
    // Turned to +X, the right side is -Z.
    composeAtRest(hand, 0, someone(Math.PI / 2, 0.7), 0, SIDE.right, 1);
    expect(placeOf(hand)).toEqual(near([2.085, 1.065, 2.755]));
  });

  it("points down, the thumb ahead", () => {
    const hand = new Float32Array(16);
    composeAtRest(hand, 0, someone(Math.PI / 2), 0, SIDE.left, 1);
    expect([axisOf(hand, 2), axisOf(hand, 0)]).toEqual([near([0, -1, 0]), near([1, 0, 0])]);
  });

  it("grows with whoever appears", () => {
    const hand = new Float32Array(16);
    composeAtRest(hand, 0, someone(0), 0, SIDE.right, 0.5);
    expect(placeOf(hand)).toEqual(near([2.1225, 1.4325, 3.0425]));
    expect(Math.hypot(...axisOf(hand, 1))).toBeCloseTo(0.5, 5);
  });
});

describe("a hand that reaches", () => {
  const shoulder = [2.162, 1.548, 3];

  it("is an arm's length from its shoulder towards what is farther away", () => {
    const hand = new Float32Array(16);
    composeReaching(hand, 0, someone(0), 0, SIDE.right, 1, thingAt(2.162, 1.548, 6), 0);
    expect(placeOf(hand)).toEqual(near([2.162, 1.548, 3 + ARM_M]));
    composeReaching(hand, 0, someone(0), 0, SIDE.right, 1, thingAt(5, 3, 4), 0);
    const way = placeOf(hand).map((part, axis) => part - (shoulder[axis] ?? 0));
    expect(Math.hypot(...way)).toBeCloseTo(ARM_M, 5);
    const towards = [5, 3, 4].map((part, axis) => part - (shoulder[axis] ?? 0));
    expect(way.map((part) => part / ARM_M)).toEqual(near(towards.map((part) => part / Math.hypot(...towards))));
  });

  it("is at what is nearer", () => {
    const hand = new Float32Array(16);
    composeReaching(hand, 0, someone(0), 0, SIDE.right, 1, thingAt(2.3, 1.5, 3.4), 0);
    expect(placeOf(hand)).toEqual(near([2.3, 1.5, 3.4]));
  });

  it("begins at the shoulder of its own side, whatever way one looks", () => {
    const hand = new Float32Array(16);
    composeReaching(hand, 0, someone(0), 0, SIDE.left, 1, thingAt(1.838, 1.548, 9), 0);
    expect(placeOf(hand)).toEqual(near([1.838, 1.548, 3 + ARM_M]));
    composeReaching(hand, 0, someone(Math.PI / 2), 0, SIDE.right, 1, thingAt(9, 1.548, 2.838), 0);
    expect(placeOf(hand)).toEqual(near([2 + ARM_M, 1.548, 2.838]));
  });

  it("points at the thing, the thumb on top, also straight above and below", () => {
    const hand = new Float32Array(16);
    composeReaching(hand, 0, someone(0), 0, SIDE.right, 1, thingAt(2.162, 1.548, 6), 0);
    expect([axisOf(hand, 2), axisOf(hand, 0)]).toEqual([near([0, 0, 1]), near([0, 1, 0])]);
    for (const y of [5, -5]) {
      composeReaching(hand, 0, someone(0), 0, SIDE.right, 1, thingAt(2.162, y, 3), 0);
      expect([axisOf(hand, 2), axisOf(hand, 0)]).toEqual([near([0, Math.sign(y), 0]), near([0, 0, 1])]);
    }
  });

  it("rests where the thing is in no direction", () => {
    const [hand, rest] = [new Float32Array(16), new Float32Array(16)];
    composeReaching(hand, 0, someone(0), 0, SIDE.right, 1, thingAt(2.162, 1.548, 3), 0);
    composeAtRest(rest, 0, someone(0), 0, SIDE.right, 1);
    expect(placeOf(hand)).toEqual(near(placeOf(rest)));
  });
});
