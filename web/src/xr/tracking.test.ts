import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { Rig } from "../scene/rig";
import { frameTime } from "./frame_time";
import { Tracking, writeJoints, writePlace } from "./tracking";
import { viewOf } from "./view";

const transform = (position: readonly number[], orientation: readonly number[]) => {
  const [x = 0, y = 0, z = 0] = position;
  const [qx = 0, qy = 0, qz = 0, qw = 1] = orientation;
  return { position: { x, y, z, w: 1 }, orientation: { x: qx, y: qy, z: qz, w: qw } } as unknown as XRRigidTransform;
};
const AHEAD = [0, 0, 0, 1];

/** A frame in which everything that is asked for is where `places` says. */
function frameWith(head: readonly number[] | undefined, places: ReadonlyMap<unknown, readonly number[]>): XRFrame {
  return {
    getViewerPose: () => (head === undefined ? undefined : { transform: transform(head, AHEAD), views: [] }),
    getPose: (space: unknown) => {
      const place = places.get(space);
      return place === undefined ? undefined : { transform: transform(place, AHEAD) };
    },
    fillPoses: (_: unknown, __: unknown, out: Float32Array) => {
      out.fill(0.02);
      return true;
    },
  } as unknown as XRFrame;
}

const SPACE = {} as XRReferenceSpace;
const source = (parts: object) => ({ handedness: "left", ...parts }) as unknown as XRInputSource;

test("what a headset sees ahead of it lies at +Z, and a turn to the left stays one", () => {
  const place = new Float32Array(7);
  const half = Math.PI / 8;
  writePlace(transform([1, 2, -3], [0, Math.sin(half), 0, Math.cos(half)]), place);
  const expected = [1, 2, 3, ...lookQuaternion(-Math.PI / 4, 0)];
  expect([...place]).toEqual(expected.map((each) => expect.closeTo(each, 5)));
});

test("a controller is a hand without joints, a hand has them, and both go when they are not tracked", () => {
  const rig = new Rig();
  const tracking = new Tracking(rig);
  const [grip, joints] = [{}, new Map([["wrist", {}]])];
  const frame = frameWith([0, 1.6, 0], new Map([[grip, [-0.2, 1.2, -0.4]]]));
  tracking.read(frame, SPACE, [source({ gripSpace: grip })]);
  expect([rig.tracked, rig.left.tracked, rig.left.jointed, rig.right.tracked]).toEqual([true, true, false, false]);
  expect([...rig.left.place.subarray(0, 3)]).toEqual([-0.2, 1.2, 0.4].map((each) => expect.closeTo(each, 5)));

  tracking.read(frame, SPACE, [source({ gripSpace: grip, handedness: "right", hand: joints })]);
  expect([rig.left.tracked, rig.right.tracked, rig.right.jointed]).toEqual([false, true, true]);
  tracking.read(frameWith([0, 1.6, 0], new Map()), SPACE, [source({ gripSpace: grip })]);
  expect([rig.left.tracked, rig.right.tracked]).toEqual([false, false]);
});

test("what is pressed of a controller is known, and of what is none nothing", () => {
  const rig = new Rig();
  const grip = {};
  const frame = frameWith([0, 1.6, 0], new Map([[grip, [0, 1, 0]]]));
  const gamepad = { mapping: "xr-standard", buttons: [{ value: 0.5 }, { value: 1 }], axes: [] };
  new Tracking(rig).read(frame, SPACE, [source({ gripSpace: grip, gamepad })]);
  expect([...rig.left.pressed]).toEqual([0.5, 1]);
  new Tracking(rig).read(frame, SPACE, [source({ gripSpace: grip })]);
  expect([...rig.left.pressed]).toEqual([-1, -1]);
});

test("a thumbstick points right and ahead, rests in its middle, and buttons are known", () => {
  const rig = new Rig();
  const [grip, ray] = [{}, {}];
  const frame = frameWith([0, 1.6, 0], new Map<unknown, readonly number[]>([[grip, [0, 1, 0]], [ray, [0, 1.1, -0.2]]]));
  const button = (pressed: boolean) => ({ value: Number(pressed), pressed });
  const buttons = [button(false), button(false), button(false), button(true), button(false), button(true)];
  const gamepad = { mapping: "xr-standard", buttons, axes: [0, 0, 1, -1] };
  const tracking = new Tracking(rig);
  tracking.read(frame, SPACE, [source({ gripSpace: grip, targetRaySpace: ray, gamepad })]);
  expect([...rig.left.stick]).toEqual([1, 1]);
  expect([rig.left.stick_pressed, rig.left.lower_pressed, rig.left.upper_pressed]).toEqual([true, false, true]);
  expect([rig.left.aims, rig.left.aim[1], rig.left.aim[2]]).toEqual([true, expect.closeTo(1.1), expect.closeTo(0.2)]);

  tracking.read(frame, SPACE, [source({ gripSpace: grip, gamepad: { ...gamepad, axes: [0, 0, 0.1, -0.05] } })]);
  expect([...rig.left.stick]).toEqual([0, expect.closeTo(0)]);
  expect(rig.left.aims).toBe(false);
  tracking.read(frame, SPACE, []);
  expect([rig.left.upper_pressed, ...rig.left.stick]).toEqual([false, 0, 0]);
});

test("thumb and index finger that meet pinch until they are well apart", () => {
  const rig = new Rig();
  const wrist = {};
  const apart = { m: 0.05 };
  const frame = {
    ...frameWith([0, 1.6, 0], new Map([[wrist, [0, 1, 0]]])),
    fillPoses: (_: unknown, __: unknown, out: Float32Array) => {
      out.fill(0);
      out[9 * 16 + 12] = apart.m;
      return true;
    },
  } as unknown as XRFrame;
  const tracking = new Tracking(rig);
  const pinched = [0.05, 0.01, 0.03, 0.05].map((metres) => {
    apart.m = metres;
    tracking.read(frame, SPACE, [source({ hand: new Map([["wrist", wrist]]) })]);
    return rig.left.pinched;
  });
  expect(pinched).toEqual([false, true, true, false]);
});

test("a hand without a grip is where its wrist is", () => {
  const rig = new Rig();
  const wrist = {};
  const frame = frameWith([0, 1.6, 0], new Map([[wrist, [0.1, 1, -0.3]]]));
  new Tracking(rig).read(frame, SPACE, [source({ hand: new Map([["wrist", wrist]]) })]);
  expect([rig.left.tracked, rig.left.jointed]).toEqual([true, true]);
});

test("while a headset does not know where it is, the head stays where it was", () => {
  const rig = new Rig();
  const tracking = new Tracking(rig);
  expect(tracking.read(frameWith(undefined, new Map()), SPACE, [])).toBeUndefined();
  expect(rig.tracked).toBe(false);
  tracking.read(frameWith([0, 1.6, 0], new Map()), SPACE, []);
  tracking.read(frameWith(undefined, new Map()), SPACE, []);
  expect(rig.tracked).toBe(true);
  expect(rig.head[1]).toBeCloseTo(1.6);
});

test("joints are mirrored as places are", () => {
  const matrices = new Float32Array(25 * 16);
  matrices.set([0.1, 0.2, -0.3], 24 * 16 + 12);
  const joints = new Float32Array(75);
  writeJoints(matrices, joints);
  expect([...joints.subarray(72)]).toEqual([0.1, 0.2, 0.3].map((each) => expect.closeTo(each, 5)));
});

test("two eyes see what either sees", () => {
  const eye = (offset: number) => ({ projectionMatrix: new Float32Array([1, 0, 0, 0, 0, 1.25, 0, 0, offset, 0, -1, -1]) });
  const [field_of_view, aspect] = viewOf([eye(-0.2), eye(0.2)]);
  expect(Math.tan(field_of_view / 2)).toBeCloseTo(0.88);
  expect(aspect).toBeCloseTo(1.5);
});

test("a frame's stamp is its time unless it comes from another clock", () => {
  expect(frameTime(1_011, 1_000)).toBe(1_011);
  expect(frameTime(5, 100_000)).toBe(100_000);
});
