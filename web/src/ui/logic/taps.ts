/** When a finger on the view is a tap, a drag or a press. Pure; pixels and milliseconds are arguments. */

/** A finger that moved farther drags, CSS pixels: less is the tremble of a tap. */
export const TAP_SLOP_PX = 8;
/** A finger that rests so long presses, milliseconds. */
export const PRESS_MS = 450;

/** A finger that is lifted within so long after it landed, at this speed, flicks, milliseconds and CSS pixels per second. */
const FLICK_MS = 500;
const FLICK_FROM_PX_S = 600;
/** Its speed is that of its last way, milliseconds: one that has stopped before it is lifted does not flick. */
const SWING_MS = 80;

/** Where a finger was, and when. */
export interface Step {
  readonly x: number;
  readonly y: number;
  readonly at_ms: number;
}

/** How fast a finger flicked, to the right and down, CSS pixels per second; undefined for one that did not. */
export function flickOf(steps: readonly Step[], lifted_ms: number): readonly [number, number] | undefined {
  const [first, last] = [steps[0], steps.at(-1)];
  const from = steps.find(({ at_ms }) => lifted_ms - at_ms <= SWING_MS);
  if (first === undefined || last === undefined || from === undefined || lifted_ms - first.at_ms > FLICK_MS) return undefined;
  const swung_s = (lifted_ms - from.at_ms) / 1_000;
  if (from === last || swung_s === 0) return undefined;
  const [right, down] = [(last.x - from.x) / swung_s, (last.y - from.y) / swung_s];
  return Math.hypot(right, down) < FLICK_FROM_PX_S ? undefined : [right, down];
}

/** Which thumb a finger is: by the half of the view it landed on. */
export function sideOf(x: number, width: number): "stick" | "look" {
  return x < width / 2 ? "stick" : "look";
}

/** Whether a finger has left the place where it landed. */
export function drags(start: { readonly x: number; readonly y: number }, x: number, y: number): boolean {
  return Math.hypot(x - start.x, y - start.y) > TAP_SLOP_PX;
}
