/** Where something new fits. */
import { expect, test } from "vitest";
import type { Spot } from "../core/sites";
import { Solids } from "../scene/solids";
import { freeSpot as freeOrNone, spotBeside } from "./placing";
import { groundOf } from "./plain";

const BOX = { radius_m: 0.4, height_m: 0.6 };

/** A plain with boxes of a size on it. */
function plain() {
  const solids = new Solids();
  let owner = 0;
  const put = ({ x, y, z }: Spot, half: readonly [number, number, number]): void => {
    const matrix = new Float32Array(16);
    matrix.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y + half[1], z, 1]);
    solids.put((owner += 1), "box", 0, half, true, matrix, 0);
  };
  return { put, ground: groundOf(solids, () => true) };
}

/** A free spot where there must be one. */
function freeSpot(...asked: Parameters<typeof freeOrNone>): Spot {
  const spot = freeOrNone(...asked);
  if (spot === undefined) throw new Error("nothing is free");
  return spot;
}

const apart = (a: Spot, b: Spot): number => Math.hypot(a.x - b.x, a.z - b.z);

test("on an empty plain a thing stands where it was wanted", () => {
  expect(freeSpot(plain().ground, { x: 3, y: 0, z: -2 }, BOX)).toEqual({ x: 3, y: 0, z: -2 });
});

test("eight things wanted at one place stand at eight, near it and in none of the others", () => {
  const { put, ground } = plain();
  const wanted = { x: 1, y: 0, z: 1 };
  const spots: Spot[] = [];
  for (let count = 0; count < 8; count += 1) {
    const spot = freeSpot(ground, wanted, BOX);
    put(spot, [0.3, 0.3, 0.3]);
    spots.push(spot);
  }
  for (const [at, one] of spots.entries()) {
    expect(apart(one, wanted)).toBeLessThan(2.5);
    expect(one.y).toBe(0);
    for (const other of spots.slice(at + 1)) expect(apart(one, other)).toBeGreaterThan(0.7);
  }
});

test("on a table a thing stands on it, in front of a wall beside it, and a wide one not over a narrow one", () => {
  const { put, ground } = plain();
  put({ x: 0, y: 0, z: 0 }, [1, 0.25, 1]);
  expect(freeSpot(ground, { x: 0, y: 0.5, z: 0 }, BOX).y).toBeCloseTo(0.5);
  put({ x: 5, y: 0, z: 0 }, [0.1, 2, 4]);
  expect(Math.abs(freeSpot(ground, { x: 5, y: 0, z: 0 }, BOX).x - 5)).toBeGreaterThan(0.4);
  put({ x: -5, y: 0, z: 1.2 }, [0.1, 0.5, 0.1]);
  const wide = freeSpot(ground, { x: -5, y: 0, z: 0 }, { radius_m: 2, height_m: 0.1 });
  expect(apart(wide, { x: -5, y: 0, z: 1.2 })).toBeGreaterThan(1.9);
});

test("copies stand in a row to the right, at the height of the first", () => {
  const { put, ground } = plain();
  const first = { x: 0, y: 1, z: 0 };
  put(first, [0.3, 0.3, 0.3]);
  const second = spotBeside(ground, first, [1, 0], BOX);
  put(second, [0.3, 0.3, 0.3]);
  const third = spotBeside(ground, first, [1, 0], BOX);
  expect([second.y, third.y, second.z, third.z]).toEqual([1, 1, 0, 0]);
  expect(second.x).toBeGreaterThan(0.6);
  expect(third.x - second.x).toBeGreaterThan(0.6);
});

test("where there is no floor nothing stands", () => {
  expect(freeOrNone(plain().ground, { x: 0, y: 40, z: 0 }, BOX)).toBeUndefined();
});
