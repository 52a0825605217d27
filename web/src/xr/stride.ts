/**
 * The body under a tracked head: it goes along with real steps as far as walls let it, and what is between the two is known.
 *
 * The head is where the person is and cannot be held; the body is what the room knows. Pure.
 */
import { type Body, type Ground, follow, settles } from "../systems/body";

/** Room a head needs, metres: the eyes see a wall's inside from nearer. */
const HEAD_RADIUS_M = 0.11;
/** The way from body to head is felt for walls in parts of this length, metres, and in at most so many. */
const PART_M = 0.12;
const PARTS_MAX = 24;
/** Someone whose head is farther than this from the body went around what stopped it, metres. */
const LEAN_MAX_M = 0.6;

const out: [number, number, number] = [0, 0, 0];
/** Where the body would be under the head; reused. */
const there: Body = { x: 0, y: 0, z: 0, up_m_s: 0, grounded: true };

/** Lets the body go along to where the head is; returns whether something solid is around the head or before it. */
export function goAlong(body: Body, x: number, y: number, z: number, flying: boolean, ground: Ground): boolean {
  follow(body, x - body.x, z - body.z, flying, ground);
  const walled = isWalled(body, x, y, z, ground);
  if (!walled && Math.hypot(x - body.x, z - body.z) > LEAN_MAX_M) goAround(body, x, z, ground);
  return walled;
}

/** Whether a head at a point is in something solid, or something solid is between it and its body. */
export function isWalled(body: Body, x: number, y: number, z: number, ground: Ground): boolean {
  const apart = Math.hypot(x - body.x, z - body.z);
  ground.gather(body.x, body.z, apart + HEAD_RADIUS_M);
  const parts = Math.min(PARTS_MAX, Math.ceil(apart / PART_M));
  for (let part = 0; part <= parts; part += 1) {
    const share = parts === 0 ? 1 : part / parts;
    const [at_x, at_z] = [body.x + (x - body.x) * share, body.z + (z - body.z) * share];
    if (ground.push(out, at_x, y, at_z, HEAD_RADIUS_M)) return true;
  }
  return false;
}

/** Past a table one walks in the room as one does at home: the body is behind it where it has room again. */
function goAround(body: Body, x: number, z: number, ground: Ground): void {
  [there.x, there.y, there.z] = [x, body.y, z];
  if (settles(there, ground)) [body.x, body.z] = [there.x, there.z];
}
