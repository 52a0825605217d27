/** Thumbs on a phone: written by the interface, read by controls and movement each frame. */

/** A finger that was lifted in full swing: where it had landed on the view and how fast it went, CSS pixels (a second). */
export interface Flick {
  readonly x: number;
  readonly y: number;
  readonly right_px_s: number;
  readonly down_px_s: number;
}

/** Touch joystick and buttons, -1..1 each. */
export interface TouchInput {
  move_x: number;
  move_y: number;
  look_x: number;
  look_y: number;
  up: boolean;
  /** The newest flick, until it is read. */
  flick: Flick | undefined;
}

export function newTouch(): TouchInput {
  return { move_x: 0, move_y: 0, look_x: 0, look_y: 0, up: false, flick: undefined };
}
