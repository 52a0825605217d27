/**
 * The body under a tracked head: it goes along with real steps as far as walls let it, and what is between the two is known.
 *
 * The head is where the person is and cannot be held; the body is what the room knows. Pure.
 */
import { type Body, type Ground, follow, settles } from "../systems/body";

/** Room a head needs, metres: the eyes see a wall's inside from nearer. */
export const HEAD_RADIUS_M = 0.11;
/** The way from the body is felt for walls with balls side by side, at most so many. */
const BALLS_MAX = 24;
/** Someone whose head is farther than this from the body went around what stopped it, metres. */
const LEAN_MAX_M = 0.6;

const out: [number, number, number] = [0, 0, 0];
/** Where the body would be under the head; reused. */
const there: Body = { x: 0, y: 0, z: 0, up_m_s: 0, grounded: true };

/** Lets the body go along to where the head is; returns whether something solid is around the head or before it. */
export function goAlong(body: Body, x: number, y: number, z: number, flying: boolean, ground: Ground): boolean {
  follow(body, x - body.x, z - body.z, flying, ground);
  const walled = isWalled(body, y, x, y, z, HEAD_RADIUS_M, ground);
  if (!walled && Math.hypot(x - body.x, z - body.z) > LEAN_MAX_M) goAround(body, x, z, ground);
  return walled;
}

/**
 * Whether a part of someone (a ball at a point) is in something solid, or something solid is between it and their body,
 * felt from where that is at `from_y`.
 */
export function isWalled(
  { x: from_x, z: from_z }: { readonly x: number; readonly z: number },
  from_y: number,
  x: number,
  y: number,
  z: number,
  radius: number,
  ground: Ground,
): boolean {
  const [dx, dy, dz] = [x - from_x, y - from_y, z - from_z];
  ground.gather(from_x, from_z, Math.hypot(dx, dz) + radius);
  const balls = Math.min(BALLS_MAX, Math.ceil(Math.hypot(dx, dy, dz) / radius));
  for (let ball = 0; ball <= balls; ball += 1) {
    const share = balls === 0 ? 1 : ball / balls;
    if (ground.push(out, from_x + dx * share, from_y + dy * share, from_z + dz * share, radius)) return true;
  }
  return false;
}

/** Past a table one walks in the room as one does at home: the body is behind it where it has room again. */
function goAround(body: Body, x: number, z: number, ground: Ground): void {
  [there.x, there.y, there.z] = [x, body.y, z];
  if (settles(there, ground)) [body.x, body.z] = [there.x, there.z];
}
