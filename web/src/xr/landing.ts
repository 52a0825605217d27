/** Whether an arc's end is a place to stand. Pure. */
import { type Body, type Ground, settles } from "../systems/body";

/** Nobody goes farther than this at once, metres. */
export const TELEPORT_MAX_M = 12;
/** The floor is looked for this far above and below where the arc met it, metres. */
const ABOUT_M = 0.06;

/**
 * Puts `body` where an arc that comes from `from` ended; false when nobody can stand there: too far, the side of a thing,
 * too steep, no room.
 */
export function lands(
  body: Body,
  [x, y, z]: readonly [number, number, number],
  from: { readonly x: number; readonly z: number },
  ground: Ground,
): boolean {
  Object.assign(body, { x, y, z, up_m_s: 0, grounded: true });
  if (Math.hypot(x - from.x, z - from.z) > TELEPORT_MAX_M) return false;
  ground.gather(x, z, 0.1);
  const floor = ground.floorUnder(x, y + ABOUT_M, z, 2 * ABOUT_M);
  // From within a thing the floor seems to be where one looks from: it is a side.
  if (floor === Number.NEGATIVE_INFINITY || floor > y + ABOUT_M / 2) return false;
  body.y = floor;
  return settles(body, ground);
}
