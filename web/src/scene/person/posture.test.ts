/** A body from a head, feet and hands. */
import { describe, expect, it } from "vitest";
import { ANKLE_M, EYES_M, FOREARM_M, HIP, SHIN_M, THIGH_M, UPPER_ARM_M } from "./measures";
import { ARM_M, Posture, SIDE, composeReaching } from "./posture";

const matrix = () => new Float32Array(16);
const placeOf = (out: Float32Array) => [out[12] ?? 0, out[13] ?? 0, out[14] ?? 0];
const apart = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((part, axis) => part - (b[axis] ?? 0)));

/** Someone who stands at the origin, as high as given, both feet under them. */
function standing(head_m = EYES_M): Posture {
  const posture = new Posture();
  posture.y = head_m;
  for (const foot of [0, 1] as const) posture.ankles[foot].set([(foot * 2 - 1) * 0.09, ANKLE_M, 0]);
  posture.lean(EYES_M - head_m);
  return posture;
}

function thingAt(x: number, y: number, z: number): Float32Array {
  const thing = matrix();
  thing.set([x, y, z], 12);
  return thing;
}

describe("a posture", () => {
  it("who stands upright has both boots on the ground and hands beside the hips", () => {
    const posture = standing();
    posture.solve();
    const out = matrix();
    for (const side of [SIDE.left, SIDE.right]) {
      posture.composeBoot(out, 0, side);
      expect(apart(placeOf(out), [side * 0.09, ANKLE_M, 0])).toBeLessThan(0.01);
      const hand = placeOf(side < 0 ? posture.left.matrix : posture.right.matrix);
      expect(Math.sign(hand[0] ?? 0)).toBe(side);
      expect(hand[1]).toBeLessThan(EYES_M - 0.6);
    }
  });

  it("whose head is lower bends their knees ahead, and stays on their feet", () => {
    const posture = standing(EYES_M - 0.4);
    posture.solve();
    const [thigh, shin, boot] = [matrix(), matrix(), matrix()];
    posture.composeThigh(thigh, 0, SIDE.right);
    posture.composeShin(shin, 0, SIDE.right);
    posture.composeBoot(boot, 0, SIDE.right);
    expect(shin[14]).toBeGreaterThan(0.15);
    expect(apart(placeOf(thigh), placeOf(shin))).toBeCloseTo(THIGH_M, 4);
    expect(apart(placeOf(shin), placeOf(boot))).toBeCloseTo(SHIN_M, 4);
    expect(apart(placeOf(boot), [0.09, ANKLE_M, 0])).toBeLessThan(0.01);
  });

  it("a tracked hand's arm ends at its wrist", () => {
    const posture = standing();
    posture.right.known = true;
    posture.right.matrix.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.3, 1, 0.25, 1]);
    posture.solve();
    const [upper, lower] = [matrix(), matrix()];
    posture.composeUpperArm(upper, 0, SIDE.right);
    posture.composeForearm(lower, 0, SIDE.right);
    expect(apart(placeOf(upper), placeOf(lower))).toBeCloseTo(UPPER_ARM_M, 4);
    const wrist = placeOf(lower).map((part, axis) => part - (lower[4 + axis] ?? 0) * FOREARM_M);
    expect(apart(wrist, [0.325, 1.07, 0.25])).toBeLessThan(0.001);
  });

  it("a hand reaches for a thing as far as an arm is long, and is at what is nearer", () => {
    const posture = standing();
    const out = matrix();
    expect(composeReaching(out, posture, SIDE.right, thingAt(0.158, 1.3, 9), 0)).toBe(true);
    expect(out[14]).toBeLessThan(ARM_M + 0.01);
    expect(out[14]).toBeGreaterThan(ARM_M - 0.05);
    // Fingers are along -Y.
    expect(out[6]).toBeLessThan(-0.98);
    composeReaching(out, posture, SIDE.right, thingAt(0.2, 1.1, 0.3), 0);
    expect(apart(placeOf(out), [0.2, 1.1, 0.3])).toBeLessThan(1e-5);
  });

  it("grows as a whole", () => {
    const [small, large] = [standing(), standing()];
    large.size = 2;
    large.lean(0);
    small.solve();
    large.solve();
    const hips = (posture: Posture) => {
      const out = matrix();
      posture.composeThigh(out, 0, SIDE.right);
      return (posture.y - (out[13] ?? 0)) / posture.size;
    };
    expect(hips(large)).toBeCloseTo(hips(small), 4);
    expect(hips(small)).toBeGreaterThan(HIP.down);
  });
});
