import { expect, test } from "vitest";
import { HEAD_HEIGHT_M } from "../core/viewer";
import { FallenView, Sinking, sink } from "./fallen";

const FEET = { x: 2, y: 1, z: 3 };
const nothing = (_x: number, _y: number, _z: number, _direction: readonly [number, number, number], length_m: number) => length_m;

test("the view goes back from the eyes and up, and looks down at where one fell", () => {
  const view = new FallenView();
  const first = view.step(FEET, 0, 0, 0.001, false, nothing);
  expect(Math.hypot(first.x - FEET.x, first.y - FEET.y - HEAD_HEIGHT_M, first.z - FEET.z)).toBeLessThan(0.1);
  let last = first;
  for (let frame = 0; frame < 60; frame += 1) last = view.step(FEET, 0, 0, 1 / 60, false, nothing);
  expect(last.z).toBeLessThan(FEET.z - 2.5);
  expect(last.y).toBeGreaterThan(FEET.y + 1.8);
  expect(last.pitch).toBeGreaterThan(0.3);
  // Along the view one meets the body.
  const away_m = FEET.z - last.z;
  expect(last.y - Math.tan(last.pitch) * away_m).toBeCloseTo(FEET.y + 0.75, 1);
});

test("where motion is unwelcome it is there at once, and a wall behind brings it nearer", () => {
  const view = new FallenView();
  const far = view.step(FEET, 0, 0, 0.01, true, nothing);
  const near = view.step(FEET, 0, 0, 0.01, true, () => 1.25);
  expect(FEET.z - far.z).toBeGreaterThan(2.5);
  expect(Math.hypot(near.x - FEET.x, near.y - FEET.y - 0.75, near.z - FEET.z)).toBeCloseTo(1);
});

test("looking about turns the view around the body, and never under the floor", () => {
  const view = new FallenView();
  const aside = view.step(FEET, Math.PI / 2, 0, 1, true, nothing);
  expect(aside.x).toBeLessThan(FEET.x - 2.5);
  expect(view.step(FEET, 0, -1.5, 1, true, nothing).y).toBeGreaterThan(FEET.y + 0.5);
});

test("the dead sink down within half a second, the living stand", () => {
  const sinking = new Sinking();
  expect(sinking.share(7, false, 0, false)).toBe(0);
  expect([sinking.share(7, true, 100, false), sinking.share(7, true, 600, false)]).toEqual([0, 1]);
  expect(sinking.share(7, false, 700, false)).toBe(0);
  expect([sinking.share(7, true, 800, false), sinking.share(8, true, 800, true)]).toEqual([0, 1]);
});

test("a head sinks to the floor it stood over, and hangs; one that is lower already stays", () => {
  const head = (y: number) => Float32Array.of(0, y, 0, 0, 0, 0, 1);
  const sunk = (y: number, floor_y: number): number => {
    const poses = head(y);
    sink(poses, 0, floor_y, 1);
    return poses[1] ?? NaN;
  };
  expect([sunk(3.8, 2), sunk(1.8, -Infinity)].map((y) => Number(y.toFixed(2)))).toEqual([2.92, 0.92]);
  expect(sunk(0.5, 0)).toBeCloseTo(0.5);
  const poses = head(1.8);
  sink(poses, 0, 0, 1);
  expect(poses[3]).toBeGreaterThan(0.2);
});
