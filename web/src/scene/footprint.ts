/**
 * What of a thing touches the ground: a rounded rectangle under it, and how high it stands over that. Pure.
 */
import type { Form } from "./looks";
import type { Vector } from "./matrix";

/** A thing counts as upright on the axis that leans less than this: cosine. */
const UPRIGHT = 0.97;
/** Of a ball or capsule only so much of its width is near the ground. */
const ROUND_SHARE = 0.62;
/** Of a thing that stands on an edge or corner. */
const TILTED_SHARE = 0.75;

export interface Footprint {
  x: number;
  /** Lowest point, metres. */
  y: number;
  z: number;
  half_w: number;
  half_d: number;
  /** Turns +Z towards +X, radians. */
  yaw: number;
  height: number;
  round: boolean;
}

export function newFootprint(): Footprint {
  return { x: 0, y: 0, z: 0, half_w: 0, half_d: 0, yaw: 0, height: 0, round: false };
}

/** Reads the footprint of a form with these half extents at a matrix. */
export function readFootprint(out: Footprint, form: Form, half: Vector, matrix: Float32Array, at: number): void {
  out.x = matrix[at + 12] ?? 0;
  out.z = matrix[at + 14] ?? 0;
  const upright = uprightAxis(matrix, at);
  out.round = form === "sphere" || ((form === "tube" || form === "capsule") && upright === 1);
  let half_height: number;
  if (upright < 0) {
    out.half_w = TILTED_SHARE * extent(half, matrix, at, 0);
    out.half_d = TILTED_SHARE * extent(half, matrix, at, 2);
    out.yaw = 0;
    half_height = extent(half, matrix, at, 1);
  } else {
    const [w, d] = [(upright + 1) % 3, (upright + 2) % 3];
    const row = at + w * 4;
    out.half_w = (half[w] ?? 0) * lengthOf(matrix, row);
    out.half_d = (half[d] ?? 0) * lengthOf(matrix, at + d * 4);
    out.yaw = Math.atan2(-(matrix[row + 2] ?? 0), matrix[row] ?? 0);
    half_height = (half[upright] ?? 0) * lengthOf(matrix, at + upright * 4);
  }
  if (form === "sphere" || (form === "capsule" && upright === 1)) {
    out.half_w *= ROUND_SHARE;
    out.half_d *= ROUND_SHARE;
  }
  out.y = (matrix[at + 13] ?? 0) - half_height;
  out.height = 2 * half_height;
}

/** The axis of its own that points up or down; -1 when none does. */
function uprightAxis(matrix: Float32Array, at: number): number {
  for (let axis = 0; axis < 3; axis += 1) {
    const row = at + axis * 4;
    if (Math.abs(matrix[row + 1] ?? 0) >= UPRIGHT * lengthOf(matrix, row)) return axis;
  }
  return -1;
}

function lengthOf(matrix: Float32Array, row: number): number {
  return Math.hypot(matrix[row] ?? 0, matrix[row + 1] ?? 0, matrix[row + 2] ?? 0);
}

/** Half of how far it reaches along an axis of the room. */
function extent(half: Vector, matrix: Float32Array, at: number, along: number): number {
  let sum = 0;
  for (let axis = 0; axis < 3; axis += 1) sum += (half[axis] ?? 0) * Math.abs(matrix[at + axis * 4 + along] ?? 0);
  return sum;
}
