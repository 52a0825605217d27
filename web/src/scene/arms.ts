/**
 * Where the hands of someone are whom nothing tracks: beside the body, or stretched out towards what they hold. Pure; makes
 * no garbage.
 *
 * Such a hand points along +Z, its thumb's side is +X.
 */
import { yawOf } from "../core/viewer";

/** From the middle of the head, metres: shoulders and hands at rest, to the side, down and ahead. */
const SHOULDER_M = { side: 0.162, down: 0.252 } as const;
const REST_M = { side: 0.245, down: 0.735, ahead: 0.085 } as const;
/** How far a hand gets from its shoulder, metres. */
export const ARM_M = 0.65;
/** Nearer than this to the shoulder a thing is in no direction, metres. */
const NOWHERE_M = 1e-3;
/** A hand that points this steeply has no thumb on top. */
const STEEP = 0.98;

/** To the left and to the right of someone. */
export const SIDE = { left: -1, right: 1 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

/** Writes the matrix of a hand at rest: it hangs, the thumb ahead. The head is a place at `head` of `poses`. */
export function composeAtRest(out: Float32Array, at: number, poses: Float32Array, head: number, side: Side, size: number): void {
  const yaw = headingOf(poses, head);
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  const [right, ahead] = [side * REST_M.side * size, REST_M.ahead * size];
  out[at + 12] = (poses[head] ?? 0) + right * cos + ahead * sin;
  out[at + 13] = (poses[head + 1] ?? 0) - REST_M.down * size;
  out[at + 14] = (poses[head + 2] ?? 0) + ahead * cos - right * sin;
  point(out, at, 0, -1, 0, sin, 0, cos, size);
}

/** Writes the matrix of a hand that reaches for a thing, whose matrix is at `from` of `things`, as far as its arm does. */
export function composeReaching(
  out: Float32Array,
  at: number,
  poses: Float32Array,
  head: number,
  side: Side,
  size: number,
  things: Float32Array,
  from: number,
): void {
  const yaw = headingOf(poses, head);
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  const right = side * SHOULDER_M.side * size;
  const x = (poses[head] ?? 0) + right * cos;
  const y = (poses[head + 1] ?? 0) - SHOULDER_M.down * size;
  const z = (poses[head + 2] ?? 0) - right * sin;
  const [tx, ty, tz] = [(things[from + 12] ?? 0) - x, (things[from + 13] ?? 0) - y, (things[from + 14] ?? 0) - z];
  const away = Math.sqrt(tx * tx + ty * ty + tz * tz);
  if (!(away > NOWHERE_M)) return composeAtRest(out, at, poses, head, side, size);
  const [dx, dy, dz] = [tx / away, ty / away, tz / away];
  const reach = Math.min(ARM_M * size, away);
  out[at + 12] = x + dx * reach;
  out[at + 13] = y + dy * reach;
  out[at + 14] = z + dz * reach;
  if (Math.abs(dy) < STEEP) point(out, at, dx, dy, dz, 0, 1, 0, size);
  else point(out, at, dx, dy, dz, sin, 0, cos, size);
}

/** Where someone faces on the floor. */
function headingOf(poses: Float32Array, head: number): number {
  return yawOf(poses[head + 3] ?? 0, poses[head + 4] ?? 0, poses[head + 5] ?? 0, poses[head + 6] ?? 1);
}

/** Writes axes: +Z along a unit direction, +X towards a thumb as far as that is across it. */
function point(
  out: Float32Array,
  at: number,
  dx: number,
  dy: number,
  dz: number,
  thumb_x: number,
  thumb_y: number,
  thumb_z: number,
  size: number,
): void {
  const along = dx * thumb_x + dy * thumb_y + dz * thumb_z;
  let [ax, ay, az] = [thumb_x - along * dx, thumb_y - along * dy, thumb_z - along * dz];
  const across = Math.sqrt(ax * ax + ay * ay + az * az);
  [ax, ay, az] = [ax / across, ay / across, az / across];
  out[at] = ax * size;
  out[at + 1] = ay * size;
  out[at + 2] = az * size;
  out[at + 4] = (dy * az - dz * ay) * size;
  out[at + 5] = (dz * ax - dx * az) * size;
  out[at + 6] = (dx * ay - dy * ax) * size;
  out[at + 8] = dx * size;
  out[at + 9] = dy * size;
  out[at + 10] = dz * size;
  out[at + 3] = out[at + 7] = out[at + 11] = 0;
  out[at + 15] = 1;
}
