import { describe, expect, it } from "vitest";
import { lookQuaternion, yawOf } from "./viewer";

/** Turns the forward vector by a quaternion. */
function forward([x, y, z, w]: readonly [number, number, number, number]): readonly number[] {
  return [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
}

describe("where one looks", () => {
  it("a quarter turn to the right looks along +X", () => {
    const [x, y, z] = forward(lookQuaternion(Math.PI / 2, 0));
    expect(x).toBeCloseTo(1);
    expect(y).toBeCloseTo(0);
    expect(z).toBeCloseTo(0);
  });

  it("a positive pitch looks down", () => {
    expect(forward(lookQuaternion(0, 0.5))[1]).toBeLessThan(-0.4);
  });

  it("the yaw comes back out of the quaternion, whatever the pitch", () => {
    for (const yaw of [-3, -1, 0, 0.5, 2.5]) {
      for (const pitch of [-1.2, 0, 1.2]) expect(yawOf(...lookQuaternion(yaw, pitch))).toBeCloseTo(yaw);
    }
  });
});
