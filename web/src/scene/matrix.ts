/**
 * Matrices in plain arrays, as Babylon lays them out (row vectors, translation in 12..14). Pure; makes no garbage.
 */

export type Vector = readonly [number, number, number];
export type Quaternion = readonly [number, number, number, number];

/** Writes scale, rotation and translation as a matrix at `at`. */
export function compose(
  out: Float32Array,
  at: number,
  [px, py, pz]: Vector,
  [qx, qy, qz, qw]: Quaternion,
  [sx, sy, sz]: Vector,
): void {
  out[at] = sx * (1 - 2 * (qy * qy + qz * qz));
  out[at + 1] = sx * 2 * (qx * qy + qz * qw);
  out[at + 2] = sx * 2 * (qx * qz - qy * qw);
  out[at + 3] = 0;
  out[at + 4] = sy * 2 * (qx * qy - qz * qw);
  out[at + 5] = sy * (1 - 2 * (qx * qx + qz * qz));
  out[at + 6] = sy * 2 * (qy * qz + qx * qw);
  out[at + 7] = 0;
  out[at + 8] = sz * 2 * (qx * qz + qy * qw);
  out[at + 9] = sz * 2 * (qy * qz - qx * qw);
  out[at + 10] = sz * (1 - 2 * (qx * qx + qy * qy));
  out[at + 11] = 0;
  out[at + 12] = px;
  out[at + 13] = py;
  out[at + 14] = pz;
  out[at + 15] = 1;
}

/** Writes the matrix of a pose (7 floats at `from`: place, quaternion), `size` times as large. */
export function composePose(out: Float32Array, at: number, poses: Float32Array, from: number, size: number): void {
  const qx = poses[from + 3] ?? 0;
  const qy = poses[from + 4] ?? 0;
  const qz = poses[from + 5] ?? 0;
  const qw = poses[from + 6] ?? 1;
  out[at] = size * (1 - 2 * (qy * qy + qz * qz));
  out[at + 1] = size * 2 * (qx * qy + qz * qw);
  out[at + 2] = size * 2 * (qx * qz - qy * qw);
  out[at + 3] = 0;
  out[at + 4] = size * 2 * (qx * qy - qz * qw);
  out[at + 5] = size * (1 - 2 * (qx * qx + qz * qz));
  out[at + 6] = size * 2 * (qy * qz + qx * qw);
  out[at + 7] = 0;
  out[at + 8] = size * 2 * (qx * qz + qy * qw);
  out[at + 9] = size * 2 * (qy * qz - qx * qw);
  out[at + 10] = size * (1 - 2 * (qx * qx + qy * qy));
  out[at + 11] = 0;
  out[at + 12] = poses[from] ?? 0;
  out[at + 13] = poses[from + 1] ?? 0;
  out[at + 14] = poses[from + 2] ?? 0;
  out[at + 15] = 1;
}

/** As `composePose`, but upright: only the pose's yaw turns it, and it is stretched along the vertical by a factor. */
export function composeUpright(
  out: Float32Array,
  at: number,
  poses: Float32Array,
  from: number,
  size: number,
  stretch: number,
): void {
  const qx = poses[from + 3] ?? 0;
  const qy = poses[from + 4] ?? 0;
  const qz = poses[from + 5] ?? 0;
  const qw = poses[from + 6] ?? 1;
  // Where +Z points on the floor; whoever looks straight up or down looks nowhere on it.
  const ahead_x = 2 * (qx * qz + qw * qy);
  const ahead_z = 1 - 2 * (qx * qx + qy * qy);
  const length = Math.sqrt(ahead_x * ahead_x + ahead_z * ahead_z);
  const sin = length > 1e-6 ? ahead_x / length : 0;
  const cos = length > 1e-6 ? ahead_z / length : 1;
  out.fill(0, at, at + 16);
  out[at] = size * cos;
  out[at + 2] = -size * sin;
  out[at + 5] = size * stretch;
  out[at + 8] = size * sin;
  out[at + 10] = size * cos;
  out[at + 12] = poses[from] ?? 0;
  out[at + 13] = poses[from + 1] ?? 0;
  out[at + 14] = poses[from + 2] ?? 0;
  out[at + 15] = 1;
}

/** Copies a matrix with its axes stretched first: a unit shape becomes one of `size`. */
export function copyStretched(out: Float32Array, at: number, source: Float32Array, from: number, size: Vector): void {
  for (let axis = 0; axis < 3; axis += 1) {
    const factor = size[axis] ?? 1;
    for (let part = 0; part < 3; part += 1) {
      const offset = axis * 4 + part;
      out[at + offset] = (source[from + offset] ?? 0) * factor;
    }
    out[at + axis * 4 + 3] = 0;
  }
  for (let part = 12; part < 15; part += 1) out[at + part] = source[from + part] ?? 0;
  out[at + 15] = 1;
}

/** Turns a vector by a quaternion into `out`. */
export function turn(out: [number, number, number], [qx, qy, qz, qw]: Quaternion, [x, y, z]: Vector): void {
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  out[0] = x + qw * tx + qy * tz - qz * ty;
  out[1] = y + qw * ty + qz * tx - qx * tz;
  out[2] = z + qw * tz + qx * ty - qy * tx;
}
