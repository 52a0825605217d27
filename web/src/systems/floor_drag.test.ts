/** Things dragged along the floor. */
import { expect, test } from "vitest";
import type { Vector } from "../scene/matrix";
import { FloorDrag, SNAP_M } from "./floor_drag";

const EYE: Vector = [0, 1.8, 0];

/** A ray from the eyes to a point. */
function ray([x, y, z]: Vector) {
  const [dx, dy, dz] = [x - EYE[0], y - EYE[1], z - EYE[2]];
  const length = Math.hypot(dx, dy, dz);
  return { origin: EYE, direction: [dx / length, dy / length, dz / length] as Vector };
}

test("a thing stays under the pointer where it was taken, at its height", () => {
  const drag = new FloorDrag([0.2, 0.5, 3.9], [0, 0.3, 4]);
  const [x, y, z] = drag.at(ray([1.7, 0.5, 6.4]), true) ?? [];
  expect(x).toBeCloseTo(1.5);
  expect(y).toBe(0.3);
  expect(z).toBeCloseTo(6.5);
});

test("it comes to rest on the grid, unless it is to be free", () => {
  const drag = new FloorDrag([0, 0, 4], [0, 0.3, 4]);
  for (const x of [0.1, 0.13, 0.37, -2.2]) {
    const at = drag.at(ray([x, 0, 5.05]), false);
    expect((at?.[0] ?? NaN) / SNAP_M).toBeCloseTo(Math.round((at?.[0] ?? NaN) / SNAP_M), 9);
    expect(Math.abs((at?.[0] ?? NaN) - x)).toBeLessThanOrEqual(SNAP_M / 2 + 1e-9);
  }
});

test("at the horizon and above it nothing is dragged away", () => {
  const drag = new FloorDrag([0, 0, 4], [0, 0.3, 4]);
  expect(drag.at(ray([0, 1.79, 10]), false)).toBeUndefined();
  expect(drag.at(ray([0, 3, 10]), false)).toBeUndefined();
  expect(drag.at(ray([0, 0, 400]), false)).toBeUndefined();
});

test("what hangs above the eyes is dragged along its own height", () => {
  const drag = new FloorDrag([0, 3, 4], [0, 3.2, 4]);
  expect(drag.at(ray([1, 3, 5]), true)?.[0]).toBeCloseTo(1);
});
