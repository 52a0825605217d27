import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { Head, Spot, distanceGain } from "./places";

/** What is to the right of a head, as Web Audio works it out: ahead times up. */
function right({ ahead: [ax, ay, az], up: [ux, uy, uz] }: Head): readonly number[] {
  return [ay * uz - az * uy, az * ux - ax * uz, ax * uy - ay * ux];
}

function headAt(yaw: number, pitch = 0): Head {
  const head = new Head();
  head.go(Float32Array.of(0, 1.6, 0, ...lookQuaternion(yaw, pitch)));
  return head;
}

/** Where a place of the room is for a head: how far to its right, above and ahead. */
function seenFrom(head: Head, x: number, y: number, z: number): readonly number[] {
  const spot = new Spot();
  spot.go(x, y, z);
  const way = [spot.x - head.at.x, spot.y - head.at.y, spot.z - head.at.z];
  return [right(head), head.up, head.ahead].map((axis) => axis.reduce((sum, part, at) => sum + part * (way[at] ?? 0), 0));
}

const near = (...parts: readonly number[]) => parts.map((part) => expect.closeTo(part, 5));

test("what is right is right, what is before is before, wherever one looks", () => {
  const straight = headAt(0);
  expect(seenFrom(straight, 2, 1.6, 0)).toEqual(near(2, 0, 0));
  expect(seenFrom(straight, 0, 1.6, 3)).toEqual(near(0, 0, 3));
  expect(seenFrom(straight, 0, 1.6, -3)).toEqual(near(0, 0, -3));
  // Turned to the right: what was there is ahead, what was ahead is at the left.
  const turned = headAt(Math.PI / 2);
  expect(seenFrom(turned, 2, 1.6, 0)).toEqual(near(0, 0, 2));
  expect(seenFrom(turned, 0, 1.6, 3)).toEqual(near(-3, 0, 0));
});

test("who looks down has what is ahead above their gaze", () => {
  const [, above = 0, ahead = 0] = seenFrom(headAt(0, 0.5), 0, 1.6, 2);
  expect([above, ahead]).toEqual(near(2 * Math.sin(0.5), 2 * Math.cos(0.5)));
});

test("who hardly moves is not told anew", () => {
  const spot = new Spot();
  expect([spot.go(0, 0, 0), spot.go(0.03, 0, 0), spot.go(0.06, 0, 0), spot.go(0.06, 0, 0)]).toEqual([true, false, true, false]);
  const head = headAt(0);
  expect(head.go(Float32Array.of(0, 1.6, 0, ...lookQuaternion(0.001, 0)))).toBe(false);
  expect(head.go(Float32Array.of(0, 1.6, 0, ...lookQuaternion(0.1, 0)))).toBe(true);
});

test("without a direction the distance is heard all the same", () => {
  expect([distanceGain(0), distanceGain(1), distanceGain(4), distanceGain(400)]).toEqual([1, 1, 0.25, 1 / 40]);
});
