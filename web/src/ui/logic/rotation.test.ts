/** Degrees and quaternions. */
import { Quaternion as BabylonQuaternion } from "@babylonjs/core/Maths/math.vector";
import { describe, expect, it } from "vitest";
import { degreesFromQuaternion, quaternionFromDegrees, type Vector3 } from "./rotation";

const TURNS: readonly Vector3[] = [
  [0, 0, 0],
  [30, 0, 0],
  [0, 135, 0],
  [0, 0, -45],
  [20, -170, 75],
  [-80, 10, 179],
];

describe("turning", () => {
  it("degrees survive the way through a quaternion", () => {
    for (const turn of TURNS) {
      const back = degreesFromQuaternion(quaternionFromDegrees(turn));
      turn.forEach((degrees, axis) => expect(back[axis]).toBeCloseTo(degrees, 6));
    }
  });

  it("a turn means what the scene means by it", () => {
    const radians = Math.PI / 180;
    for (const [x, y, z] of TURNS) {
      const theirs = BabylonQuaternion.RotationYawPitchRoll(y * radians, x * radians, z * radians);
      const ours = quaternionFromDegrees([x, y, z]);
      [theirs.x, theirs.y, theirs.z, theirs.w].forEach((part, index) => expect(ours[index]).toBeCloseTo(part, 9));
    }
  });

  it("straight up keeps the yaw and has no roll", () => {
    const [x, y, z] = degreesFromQuaternion(quaternionFromDegrees([90, 40, 0]));
    expect([x, z]).toEqual([90, 0]);
    expect(y).toBeCloseTo(40, 4);
  });
});
