/**
 * How a tracked head stands on the rig's floor: where it looks, and floors that are turned or moved under it. Pure.
 *
 * People turn about their own head, wherever in their play space they stand.
 */
import type { Rig } from "../scene/rig";

/** A gaze steeper than this is judged by the top of the head: the level part of its direction. */
const LEVEL_MIN = 0.35;

/** Where a place looks on the floor, radians: also for someone who looks at their feet. */
export function headingOf(place: Float32Array): number {
  const [qx, qy, qz, qw] = [place[3] ?? 0, place[4] ?? 0, place[5] ?? 0, place[6] ?? 1];
  const [x, y, z] = [2 * (qx * qz + qw * qy), 2 * (qy * qz - qw * qx), 1 - 2 * (qx * qx + qy * qy)];
  if (Math.hypot(x, z) >= LEVEL_MIN) return Math.atan2(x, z);
  // Who looks down has the top of the head ahead, who looks up behind.
  const side = y < 0 ? 1 : -1;
  return Math.atan2(side * 2 * (qx * qy - qw * qz), side * 2 * (qy * qz + qw * qx));
}

/** How far a place looks down, radians. */
export function pitchOf(place: Float32Array): number {
  const [qx, qy, qz, qw] = [place[3] ?? 0, place[4] ?? 0, place[5] ?? 0, place[6] ?? 1];
  return -Math.asin(Math.max(-1, Math.min(1, 2 * (qy * qz - qw * qx))));
}

/** Turns the floor so that the room turns about the head. */
export function turnAboutHead(rig: Rig, by: number): void {
  const [x, z] = headOn(rig);
  rig.yaw += by;
  putHeadOver(rig, x, z);
}

/** Turns and moves the floor so that the head is over a point and looks along `heading`; its height stays. */
export function standAt(rig: Rig, x: number, z: number, heading: number): void {
  rig.yaw = heading - headingOf(rig.head);
  putHeadOver(rig, x, z);
}

/** The point of the room over which the head is: [x, z]. */
export function headOn(rig: Rig): readonly [number, number] {
  const [x, z] = offset(rig);
  return [rig.x + x, rig.z + z];
}

function putHeadOver(rig: Rig, x: number, z: number): void {
  const [dx, dz] = offset(rig);
  [rig.x, rig.z] = [x - dx, z - dz];
}

function offset({ head, yaw }: Rig): readonly [number, number] {
  const [x, z] = [head[0] ?? 0, head[2] ?? 0];
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  return [x * cos + z * sin, z * cos - x * sin];
}
