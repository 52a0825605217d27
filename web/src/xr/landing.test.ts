import { expect, test } from "vitest";
import type { Json } from "../core/json";
import { halfExtents, shapeOf } from "../scene/looks";
import { type Vector, compose } from "../scene/matrix";
import { Solids } from "../scene/solids";
import { BODY_RADIUS_M, type Body } from "../systems/body";
import { groundOf } from "../systems/plain";
import { TELEPORT_MAX_M, lands } from "./landing";

const STAGE = { kind: "box", width: 4, height: 0.5, depth: 4 };

function landed(met: Vector, ...things: readonly (readonly [Json, Vector])[]): readonly number[] | undefined {
  const solids = new Solids();
  things.forEach(([value, at], owner) => {
    const look = shapeOf(value);
    if (look === undefined) throw new Error("no shape");
    const matrix = new Float32Array(16);
    compose(matrix, 0, at, [0, 0, 0, 1], [1, 1, 1]);
    solids.put(owner, look.form, look.ratio, halfExtents(look), true, matrix, 0);
  });
  const body: Body = { x: 0, y: 0, z: 0, up_m_s: 0, grounded: false };
  return lands(body, met, { x: 0, z: 0 }, groundOf(solids, () => true)) ? [body.x, body.y, body.z] : undefined;
}

test("one lands on the plain and on top of things, exactly on the floor", () => {
  expect(landed([1, 0.008, 3])).toEqual([1, 0, 3]);
  expect(landed([0, 0.507, 5], [STAGE, [0, 0.25, 5]])).toEqual([0, expect.closeTo(0.5, 2), 5]);
});

test("the side of a thing is no floor, nor is its underside", () => {
  expect(landed([0, 0.3, 3], [STAGE, [0, 0.25, 5]])).toBeUndefined();
  expect(landed([0, 2, 5], [STAGE, [0, 2.25, 5]])).toBeUndefined();
});

test("close to a wall one lands beside it, in a corner too small nowhere", () => {
  const wall = { kind: "box", width: 6, height: 3, depth: 0.2 };
  const [, , z] = landed([0, 0, 2.85], [wall, [0, 1.5, 3]]) ?? [];
  expect(z).toBeCloseTo(2.9 - BODY_RADIUS_M, 2);
  expect(landed([0, 0, 2.8], [wall, [0, 1.5, 3]], [wall, [0, 1.5, 2.6]])).toBeUndefined();
});

test("nobody goes farther than the limit at once", () => {
  expect(landed([0, 0, TELEPORT_MAX_M - 0.1])).toBeDefined();
  expect(landed([0, 0, TELEPORT_MAX_M + 0.1])).toBeUndefined();
});
