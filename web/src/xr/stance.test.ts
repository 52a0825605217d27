import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { PLACE_FLOATS, Rig } from "../scene/rig";
import { headOn, headingOf, pitchOf, standAt, turnAboutHead } from "./stance";

const looking = (yaw: number, pitch: number) => Float32Array.of(0, 0, 0, ...lookQuaternion(yaw, pitch));

function worn(): Rig {
  const rig = new Rig();
  rig.tracked = true;
  rig.stand(4, 0, -2, 0.5);
  // Far from the middle of the play space, looking aside.
  rig.head.set([1.1, 1.6, -0.7, ...lookQuaternion(0.8, 0.3)]);
  return rig;
}

test("a turn leaves the head where it is and turns its gaze", () => {
  const rig = worn();
  const before = [...rig.toRoom(rig.head, new Float32Array(PLACE_FLOATS))];
  turnAboutHead(rig, Math.PI / 6);
  const after = rig.toRoom(rig.head, new Float32Array(PLACE_FLOATS));
  expect([...after.subarray(0, 3)]).toEqual(before.slice(0, 3).map((part) => expect.closeTo(part, 5)));
  expect(headingOf(after)).toBeCloseTo(0.5 + 0.8 + Math.PI / 6, 5);
});

test("twelve turns of thirty degrees are none", () => {
  const rig = worn();
  for (let turn = 0; turn < 12; turn += 1) turnAboutHead(rig, Math.PI / 6);
  expect([rig.x, rig.z]).toEqual([expect.closeTo(4, 5), expect.closeTo(-2, 5)]);
});

test("the floor is put so that the head is over a point and looks where it should", () => {
  const rig = worn();
  standAt(rig, 10, 20, -1.2);
  expect(headOn(rig)).toEqual([expect.closeTo(10, 5), expect.closeTo(20, 5)]);
  expect(headingOf(rig.toRoom(rig.head, new Float32Array(PLACE_FLOATS)))).toBeCloseTo(-1.2, 5);
});

test("a heading is known of one who looks ahead, at their feet or at the sky", () => {
  for (const pitch of [0, 1.5, -1.5, 1.7]) expect(headingOf(looking(0.7, pitch))).toBeCloseTo(0.7, 4);
  expect(pitchOf(looking(0.7, 0.4))).toBeCloseTo(0.4, 5);
});
