import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { PLACE_FLOATS, Rig } from "./rig";

const inRoom = (rig: Rig) => [...rig.toRoom(rig.head, new Float32Array(PLACE_FLOATS))];
const close = (numbers: readonly number[]) => numbers.map((each) => expect.closeTo(each, 5));

test("an untracked head is above the floor, turned as the rig and pitched as it is held", () => {
  const rig = new Rig();
  rig.stand(1, 2, 3, 0.7);
  rig.hold(1.8, -0.4);
  expect(inRoom(rig)).toEqual(close([1, 3.8, 3, ...lookQuaternion(0.7, -0.4)]));
});

test("what is tracked turns and goes with the floor", () => {
  const rig = new Rig();
  rig.stand(10, 0, 0, Math.PI / 2);
  rig.tracked = true;
  rig.head.set([0.2, 1.6, 0.5, 0, 0, 0, 1]);
  expect(inRoom(rig)).toEqual(close([10.5, 1.6, -0.2, ...lookQuaternion(Math.PI / 2, 0)]));
});

test("a tracked head is not held, and one that is released is", () => {
  const rig = new Rig();
  rig.tracked = true;
  rig.left.tracked = true;
  rig.head.set([0.2, 1.6, 0.5, 0, 0, 0, 1]);
  rig.hold(1.8, 0);
  expect(rig.head[1]).toBeCloseTo(1.6);
  rig.release();
  rig.hold(1.8, 0);
  expect([...rig.head]).toEqual(close([0, 1.8, 0, 0, 0, 0, 1]));
  expect(rig.left.tracked).toBe(false);
});
