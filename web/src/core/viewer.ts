/**
 * Where the visitor stands and looks: written by the movement system, read by whoever puts things before them.
 * Plain numbers; knows neither camera nor core.
 */

/** Height of a standing person's head above the floor, metres; the room spawns people with the same. */
export const HEAD_HEIGHT_M = 1.8;

export interface Viewer {
  /** Feet, metres. */
  x: number;
  y: number;
  z: number;
  /** Turn about the vertical axis, radians; 0 looks along +Z, positive turns towards +X. */
  yaw: number;
  /** Positive looks down, radians. */
  pitch: number;
  /** True in the frame after a jump in place (spawn, return from a fall): nobody smooths over it. */
  jumped: boolean;
}

export function newViewer(): Viewer {
  return { x: 0, y: 0, z: -4, yaw: 0, pitch: 0, jumped: true };
}

/** The quaternion of a yaw and a pitch: first down, then around. */
export function lookQuaternion(yaw: number, pitch: number): readonly [number, number, number, number] {
  const [sy, cy] = [Math.sin(yaw / 2), Math.cos(yaw / 2)];
  const [sp, cp] = [Math.sin(pitch / 2), Math.cos(pitch / 2)];
  return [cy * sp, sy * cp, -sy * sp, cy * cp];
}

/** The yaw of a quaternion: where its +Z points on the floor, radians. */
export function yawOf(x: number, y: number, z: number, w: number): number {
  return Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
}
