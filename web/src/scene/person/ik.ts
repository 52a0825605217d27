/**
 * Two bones between a fixed joint and a target, bent towards a pole: arms and legs alike. Pure; makes no garbage.
 */

/** How much of its length a limb is stretched at most: a straight one would snap from bend to bend. */
export const STRETCH_MAX = 0.997;
/** Nearer than this the target is in no direction, metres. */
const NOWHERE_M = 1e-4;

/**
 * Writes the middle joint (3 numbers at `at` of `out`) and the end (the next 3) of a limb that begins at `from`, whose
 * bones are `upper` and `lower` metres long and whose end wants to be at `target`. `pole` is the direction in which it
 * bends, of any length.
 */
export function bend(
  out: Float32Array,
  at: number,
  from: Float32Array,
  target: Float32Array,
  pole: Float32Array,
  upper: number,
  lower: number,
): void {
  const [ax, ay, az] = [from[0] ?? 0, from[1] ?? 0, from[2] ?? 0];
  let dx = (target[0] ?? 0) - ax;
  let dy = (target[1] ?? 0) - ay;
  let dz = (target[2] ?? 0) - az;
  const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (away > NOWHERE_M) [dx, dy, dz] = [dx / away, dy / away, dz / away];
  else [dx, dy, dz] = [0, -1, 0];
  const reach = Math.min(Math.max(away, Math.abs(upper - lower) + NOWHERE_M), (upper + lower) * STRETCH_MAX);
  // Law of cosines: how far along the way, and how far off it, the middle joint is.
  const along = (upper * upper - lower * lower + reach * reach) / (2 * reach);
  const off = Math.sqrt(Math.max(0, upper * upper - along * along));
  const [px, py, pz] = [pole[0] ?? 0, pole[1] ?? 0, pole[2] ?? 0];
  const share = px * dx + py * dy + pz * dz;
  let [bx, by, bz] = [px - share * dx, py - share * dy, pz - share * dz];
  let across = Math.sqrt(bx * bx + by * by + bz * bz);
  if (across < NOWHERE_M) {
    // A pole along the limb says nothing: any direction across.
    [bx, by, bz] = Math.abs(dy) < 0.9 ? [dz, 0, -dx] : [0, -dz, dy];
    across = Math.sqrt(bx * bx + by * by + bz * bz);
  }
  const bent = off / across;
  out[at] = ax + dx * along + bx * bent;
  out[at + 1] = ay + dy * along + by * bent;
  out[at + 2] = az + dz * along + bz * bent;
  out[at + 3] = ax + dx * reach;
  out[at + 4] = ay + dy * reach;
  out[at + 5] = az + dz * reach;
}

/** Writes the matrix of a bone from one point to another: -Y along it, +Z as near to a direction as that is across. */
export function composeLimb(
  out: Float32Array,
  at: number,
  points: Float32Array,
  from: number,
  to: number,
  facing_x: number,
  facing_y: number,
  facing_z: number,
  size: number,
): void {
  const [x, y, z] = [points[from] ?? 0, points[from + 1] ?? 0, points[from + 2] ?? 0];
  let ux = x - (points[to] ?? 0);
  let uy = y - (points[to + 1] ?? 0);
  let uz = z - (points[to + 2] ?? 0);
  const length = Math.sqrt(ux * ux + uy * uy + uz * uz) || 1;
  [ux, uy, uz] = [ux / length, uy / length, uz / length];
  const along = facing_x * ux + facing_y * uy + facing_z * uz;
  let [fx, fy, fz] = [facing_x - along * ux, facing_y - along * uy, facing_z - along * uz];
  let across = Math.sqrt(fx * fx + fy * fy + fz * fz);
  if (across < NOWHERE_M) {
    [fx, fy, fz] = Math.abs(uy) < 0.9 ? [uz, 0, -ux] : [0, -uz, uy];
    across = Math.sqrt(fx * fx + fy * fy + fz * fz);
  }
  [fx, fy, fz] = [fx / across, fy / across, fz / across];
  out[at] = (uy * fz - uz * fy) * size;
  out[at + 1] = (uz * fx - ux * fz) * size;
  out[at + 2] = (ux * fy - uy * fx) * size;
  out[at + 4] = ux * size;
  out[at + 5] = uy * size;
  out[at + 6] = uz * size;
  out[at + 8] = fx * size;
  out[at + 9] = fy * size;
  out[at + 10] = fz * size;
  out[at + 12] = x;
  out[at + 13] = y;
  out[at + 14] = z;
  out[at + 3] = out[at + 7] = out[at + 11] = 0;
  out[at + 15] = 1;
}
