import { expect, test } from "vitest";
import { composePose } from "./matrix";
import { keepWithin, placeOfMatrix, seenFrom } from "./places";

const QUATERNIONS = [
  [0, 0, 0, 1],
  [0.5, 0.5, 0.5, 0.5],
  [1, 0, 0, 0],
  [0, -0.6, 0, 0.8],
  [0, 0, 0.96, 0.28],
  [0.1, 0.7, -0.1, 0.7],
].map(unit);

function unit(parts: readonly number[]): readonly number[] {
  const length = Math.hypot(...parts);
  return parts.map((part) => part / length);
}

function expectSame(found: Float32Array, expected: readonly number[]): void {
  const sign = Math.sign(found.subarray(3).reduce((sum, part, axis) => sum + part * (expected[3 + axis] ?? 0), 0));
  const turned = expected.map((part, axis) => (axis < 3 ? part : part * sign));
  expect([...found]).toEqual(turned.map((part) => expect.closeTo(part, 4)));
}

test("a matrix of any size gives its place back", () => {
  for (const quaternion of QUATERNIONS) {
    const place = Float32Array.of(1, -2, 3, ...quaternion);
    const matrix = new Float32Array(32);
    composePose(matrix, 16, place, 0, 2.5);
    expectSame(placeOfMatrix(matrix, 16, new Float32Array(7)), [...place]);
  }
});

test("what is seen from a place, put there again, is where it was", () => {
  for (const from of QUATERNIONS) {
    for (const turn of QUATERNIONS) {
      const [hand, thing] = [Float32Array.of(0.3, 1.2, -4, ...from), Float32Array.of(2, 0.5, 1, ...turn)];
      const local = seenFrom(hand, thing, new Float32Array(7));
      const [parent, child] = [new Float32Array(16), new Float32Array(16)];
      composePose(parent, 0, hand, 0, 1);
      composePose(child, 0, local, 0, 1);
      const back = new Float32Array(16);
      for (let row = 0; row < 4; row += 1)
        for (let column = 0; column < 4; column += 1)
          for (let k = 0; k < 4; k += 1)
            back[row * 4 + column] = (back[row * 4 + column] ?? 0) + (child[row * 4 + k] ?? 0) * (parent[k * 4 + column] ?? 0);
      expectSame(placeOfMatrix(back, 0, new Float32Array(7)), [...thing]);
    }
  }
});

test("what is held is neither in one's face nor out of reach", () => {
  const held = (z: number) => {
    const place = Float32Array.of(0, 0, z, 0, 0, 0, 1);
    keepWithin(place, 0.5, 3);
    return place[2];
  };
  expect([held(0.1), held(1), held(8), held(0)]).toEqual([0.5, 1, 3, 0.5]);
});
