/** When a finger on the view is a tap, a drag or a press. Pure; pixels and milliseconds are arguments. */

/** A finger that moved farther drags, CSS pixels: less is the tremble of a tap. */
export const TAP_SLOP_PX = 8;
/** A finger that rests so long presses, milliseconds. */
export const PRESS_MS = 450;

/** Which thumb a finger is: by the half of the view it landed on. */
export function sideOf(x: number, width: number): "stick" | "look" {
  return x < width / 2 ? "stick" : "look";
}

/** Whether a finger has left the place where it landed. */
export function drags(start: { readonly x: number; readonly y: number }, x: number, y: number): boolean {
  return Math.hypot(x - start.x, y - start.y) > TAP_SLOP_PX;
}
