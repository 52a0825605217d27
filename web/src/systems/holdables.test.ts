import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { composePose } from "../scene/matrix";
import { Holdables, boxDistance } from "./holdables";
import { testThings } from "./testing/things";

const AHEAD = [0, 0, 0, 1];

function matrixAt(x: number, size = 1, turn: readonly number[] = AHEAD): Float32Array {
  const matrix = new Float32Array(16);
  composePose(matrix, 0, Float32Array.of(x, 0, 0, ...turn), 0, size);
  return matrix;
}

/** Things along x, a metre apart, each a cube of 20 cm. */
function rowOf(...things: readonly JsonObject[]) {
  const holdables = new Holdables();
  const { core, replica, put } = testThings(Object.fromEntries(things.map((components, index) => [`thing${index}`, components])));
  holdables.follow(things.map((_, index) => ({ index, mask: 1, record: replica.record(index), fresh: true })));
  things.forEach((_, index) => put(`thing${index}`, [index, 0, 0]));
  const at = (x: number, reach_m: number) =>
    holdables.nearest([x, 0, 0], reach_m, replica, core.matrices(), () => [0.1, 0.1, 0.1]);
  return { at, holdables };
}

test("the distance to a thing is that to its sides, turned and stretched as it is", () => {
  expect(boxDistance(matrixAt(0), 0, [0.5, 0.5, 0.5], 2, 0, 0)).toBeCloseTo(1.5);
  expect(boxDistance(matrixAt(0, 2), 0, [0.5, 0.5, 0.5], 2, 0, 0)).toBeCloseTo(1);
  const eighth = [0, Math.sin(Math.PI / 8), 0, Math.cos(Math.PI / 8)];
  expect(boxDistance(matrixAt(0, 1, eighth), 0, [0.5, 0.5, 0.5], 2, 0, 0)).toBeCloseTo(2 - Math.SQRT1_2);
  expect(boxDistance(matrixAt(0), 0, [0.5, 0.5, 0.5], 0.2, 0.1, 0)).toBe(0);
});

test("a hand finds the nearest thing it may take, within its reach", () => {
  const mine = { holdable: true };
  const { at } = rowOf(mine, { shape: { kind: "box" } }, mine, { holdable: true, held_by: { user: "ben", hand: "left" } });
  expect([at(0.15, 0.1), at(1.02, 0.1), at(1.85, 0.1), at(3, 0.1), at(0.5, 0.1)]).toEqual([0, -1, 2, -1, -1]);
});

test("what can be triggered but not taken now is not what a hand finds", () => {
  const { at } = rowOf({ holdable: true, occupied: true, triggerable: {} }, { holdable: true, triggerable: {} });
  expect([at(0, 0.1), at(1, 0.1)]).toEqual([-1, 1]);
});

test("what is gone or cannot be held any more is forgotten", () => {
  const { at, holdables } = rowOf({ holdable: true }, { holdable: true });
  holdables.follow([
    { index: 0, mask: 2, record: undefined, fresh: true },
    { index: 1, mask: 64, record: { id: "thing1", version: 2, components: {} }, fresh: false },
  ]);
  expect([at(0, 0.1), at(1, 0.1)]).toEqual([-1, -1]);
});
