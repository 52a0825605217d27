/** When a headset's frame is. Pure. */

/** A frame's time stamp is at most this far from when it is made, milliseconds; else it is of another clock. */
const APART_MAX_MS = 250;

/** The time of a frame: its own stamp, which is even, unless that is of another clock than `now_ms`. */
export function frameTime(stamp_ms: number, now_ms: number): number {
  return Math.abs(stamp_ms - now_ms) <= APART_MAX_MS ? stamp_ms : now_ms;
}
