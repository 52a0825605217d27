import { expect, test } from "vitest";
import type { Json } from "../core/json";
import { halfExtents, shapeOf } from "../scene/looks";
import { type Vector, compose } from "../scene/matrix";
import { Solids } from "../scene/solids";
import { BODY_RADIUS_M, type Body } from "../systems/body";
import { groundOf } from "../systems/plain";
import { goAlong, isWalled } from "./stride";

const EYES_M = 1.65;
const WALL = { kind: "box", width: 6, height: 3, depth: 0.15 };
const TABLE = { kind: "box", width: 6, height: 0.75, depth: 0.8 };

function room(thing: Json, at: Vector) {
  const solids = new Solids();
  const look = shapeOf(thing);
  if (look === undefined) throw new Error("no shape");
  const matrix = new Float32Array(16);
  compose(matrix, 0, at, [0, 0, 0, 1], [1, 1, 1]);
  solids.put(0, look.form, look.ratio, halfExtents(look), true, matrix, 0);
  return groundOf(solids, () => true);
}

const body = (): Body => ({ x: 0, y: 0, z: 0, up_m_s: 0, grounded: true });

/** Walks a head along +Z and tells at each stop whether it is walled, and where its body is. */
function walked(ground: ReturnType<typeof room>, ...stops: readonly number[]): readonly (readonly [boolean, number])[] {
  const own = body();
  return stops.map((z) => [goAlong(own, 0, EYES_M, z, false, ground), own.z]);
}

test("the body goes along with a head that walks", () => {
  expect(walked(room(WALL, [0, 1.5, 9]), 0.3, 0.7)).toEqual([
    [false, expect.closeTo(0.3)],
    [false, expect.closeTo(0.7)],
  ]);
});

test("a head in a wall or behind it is told, until it comes back; the body stays before the wall", () => {
  const before = expect.closeTo(1 - 0.075 - BODY_RADIUS_M, 2);
  const ways = walked(room(WALL, [0, 1.5, 1]), 0.5, 0.95, 1.4, 0.7);
  expect(ways).toEqual([
    [false, expect.closeTo(0.5)],
    [true, before],
    [true, before],
    [false, before],
  ]);
});

test("over a table one may lean, and past it one is on its other side", () => {
  const [leaning, past] = walked(room(TABLE, [0, 0.375, 1]), 0.8, 1.9);
  expect(leaning).toEqual([false, expect.closeTo(0.6 - BODY_RADIUS_M, 2)]);
  expect(past).toEqual([false, expect.closeTo(1.9)]);
});

test("a hand that reaches through a wall is told, one that reaches for the floor is not", () => {
  const ground = room(WALL, [0, 1.5, 0.6]);
  const reached = (y: number, z: number) => isWalled(body(), EYES_M, 0.2, y, z, 0.05, ground);
  expect([reached(1.2, 0.4), reached(0.1, 0.3), reached(1.2, 0.9)]).toEqual([false, false, true]);
});
