/** Places as seven numbers (position and unit quaternion), and what lies where from them. Pure; makes no garbage. */

/** Writes position and rotation of a matrix at `at`, whatever its scale, as a place. */
export function placeOfMatrix(matrix: Float32Array, at: number, out: Float32Array): Float32Array {
  const part = (index: number) => matrix[at + index] ?? 0;
  const [sx, sy, sz] = [0, 4, 8].map((row) => Math.hypot(part(row), part(row + 1), part(row + 2)) || 1) as [number, number, number];
  const [xx, xy, xz] = [part(0) / sx, part(1) / sx, part(2) / sx];
  const [yx, yy, yz] = [part(4) / sy, part(5) / sy, part(6) / sy];
  const [zx, zy, zz] = [part(8) / sz, part(9) / sz, part(10) / sz];
  out[0] = part(12);
  out[1] = part(13);
  out[2] = part(14);
  // The largest part of a quaternion is found first: dividing by a small one loses digits.
  const trace = xx + yy + zz;
  if (trace > 0) write(out, yz - zy, zx - xz, xy - yx, 1 + trace);
  else if (xx > yy && xx > zz) write(out, 1 + xx - yy - zz, xy + yx, zx + xz, yz - zy);
  else if (yy > zz) write(out, xy + yx, 1 + yy - xx - zz, yz + zy, zx - xz);
  else write(out, zx + xz, yz + zy, 1 + zz - xx - yy, xy - yx);
  return out;
}

/** Writes where a place of the room lies as seen from another. */
export function seenFrom(from: Float32Array, place: Float32Array, out: Float32Array): Float32Array {
  const [fx = 0, fy = 0, fz = 0, ax = 0, ay = 0, az = 0, aw = 1] = from;
  const [px = 0, py = 0, pz = 0, bx = 0, by = 0, bz = 0, bw = 1] = place;
  const [x, y, z] = [px - fx, py - fy, pz - fz];
  // Turned back: v + 2w(v × q) + 2(v × q) × q, of the conjugate.
  const [tx, ty, tz] = [2 * (y * az - z * ay), 2 * (z * ax - x * az), 2 * (x * ay - y * ax)];
  out[0] = x + aw * tx + (ty * az - tz * ay);
  out[1] = y + aw * ty + (tz * ax - tx * az);
  out[2] = z + aw * tz + (tx * ay - ty * ax);
  out[3] = aw * bx - ax * bw - ay * bz + az * by;
  out[4] = aw * by - ay * bw - az * bx + ax * bz;
  out[5] = aw * bz - az * bw - ax * by + ay * bx;
  out[6] = aw * bw + ax * bx + ay * by + az * bz;
  return out;
}

/** Moves a place along its direction so that it is at least and at most so far away, metres. */
export function keepWithin(place: Float32Array, least_m: number, most_m: number): void {
  const [x = 0, y = 0, z = 0] = place;
  const away = Math.hypot(x, y, z);
  if (away < 1e-6) {
    place[2] = least_m;
    return;
  }
  const factor = Math.min(most_m, Math.max(least_m, away)) / away;
  place[0] = x * factor;
  place[1] = y * factor;
  place[2] = z * factor;
}

function write(out: Float32Array, x: number, y: number, z: number, w: number): void {
  const length = Math.hypot(x, y, z, w) || 1;
  out[3] = x / length;
  out[4] = y / length;
  out[5] = z / length;
  out[6] = w / length;
}
