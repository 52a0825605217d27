/** What a ray meets of those who stand: upright capsules. Pure; makes no garbage. */

/**
 * How far along a ray an upright capsule is met, metres: its feet, how high and how wide it is; `Infinity` where it is not. The
 * direction is a unit vector; who stands inside is met at once.
 */
export function capsuleAlong(
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  x: number,
  y: number,
  z: number,
  high_m: number,
  radius_m: number,
): number {
  const [low, top] = [y + radius_m, Math.max(y + radius_m, y + high_m - radius_m)];
  const [px, pz] = [ox - x, oz - z];
  // The side: a circle on the floor.
  const a = dx * dx + dz * dz;
  const b = px * dx + pz * dz;
  const c = px * px + pz * pz - radius_m * radius_m;
  const root = b * b - a * c;
  if (a > 1e-9 && root >= 0) {
    const along = Math.max(0, (-b - Math.sqrt(root)) / a);
    const [exit, height] = [(-b + Math.sqrt(root)) / a, oy + dy * along];
    if (exit >= 0 && height >= low && height <= top) return along;
  }
  return Math.min(ballAlong(px, oy - low, pz, dx, dy, dz, radius_m), ballAlong(px, oy - top, pz, dx, dy, dz, radius_m));
}

function ballAlong(px: number, py: number, pz: number, dx: number, dy: number, dz: number, radius_m: number): number {
  const b = px * dx + py * dy + pz * dz;
  const c = px * px + py * py + pz * pz - radius_m * radius_m;
  const root = b * b - c;
  if (root < 0 || (c > 0 && b > 0)) return Infinity;
  return Math.max(0, -b - Math.sqrt(root));
}
