/**
 * How a name tag is seen from a distance. Pure.
 */

/** Up to here a tag is fully seen, metres. */
export const TAG_CLEAR_M = 12;
/** From here on it is not seen at all, metres. */
export const TAG_GONE_M = 20;
/** Up to this distance a tag keeps its size, metres. */
const TAG_GROWS_FROM_M = 2.5;

/** How much of a tag is seen at a distance, 0..1. */
export function tagStrength(distance_m: number): number {
  if (distance_m <= TAG_CLEAR_M) return 1;
  return Math.max(0, 1 - (distance_m - TAG_CLEAR_M) / (TAG_GONE_M - TAG_CLEAR_M));
}

/** How much larger a tag is drawn at a distance. */
export function tagScale(distance_m: number): number {
  return distance_m <= TAG_GROWS_FROM_M ? 1 : (distance_m / TAG_GROWS_FROM_M) ** 0.6;
}
