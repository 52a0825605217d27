/**
 * How a name tag is seen from a distance, and from how far it can be read. Pure.
 */

/** Height of a tag nearby, metres; farther ones are a little larger, so that they can still be read. */
export const TAG_HEIGHT_M = 0.11;
/** Farther away no tag is shown, metres. */
export const TAG_GONE_M = 20;
/** Nearer than this a tag is shown on every screen, metres: whoever stands before you has a name. */
export const TAG_ALWAYS_M = 4;
/** A tag lower than this cannot be read, CSS pixels: its letters would be 5 high. */
export const TAG_READABLE_PX = 10;
/** Share of the reach up to which a tag is fully seen; from there it fades. */
export const TAG_CLEAR_SHARE = 0.6;
/** Up to this distance a tag keeps its size, metres. */
const TAG_GROWS_FROM_M = 2.5;
/** How its size follows the distance beyond. */
const TAG_GROWTH = 0.6;

/** How much of a tag is seen at a distance, 0..1, where tags can be read up to `reach_m`. */
export function tagStrength(distance_m: number, reach_m: number): number {
  const clear_m = reach_m * TAG_CLEAR_SHARE;
  if (distance_m <= clear_m) return 1;
  return Math.max(0, 1 - (distance_m - clear_m) / (reach_m - clear_m));
}

/** How much larger a tag is drawn at a distance. */
export function tagScale(distance_m: number): number {
  return distance_m <= TAG_GROWS_FROM_M ? 1 : (distance_m / TAG_GROWS_FROM_M) ** TAG_GROWTH;
}

/** From how far tags can be read in a picture `height_px` (CSS pixels) high, metres. */
export function tagReach(height_px: number, field_of_view: number): number {
  // A tag of this height one metre away is one pixel high.
  const pixel_m = (2 * Math.tan(field_of_view / 2)) / Math.max(1, height_px);
  // Readable while TAG_HEIGHT_M * tagScale(d) / d is at least TAG_READABLE_PX pixels.
  const readable = TAG_HEIGHT_M / (TAG_READABLE_PX * pixel_m * TAG_GROWS_FROM_M ** TAG_GROWTH);
  return Math.min(TAG_GONE_M, Math.max(TAG_ALWAYS_M, readable ** (1 / (1 - TAG_GROWTH))));
}
