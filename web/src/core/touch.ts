/** Thumbs on a phone: written by the interface, read by the movement system each frame. */

/** Touch joystick and buttons, -1..1 each. */
export interface TouchInput {
  move_x: number;
  move_y: number;
  look_x: number;
  look_y: number;
  up: boolean;
}

export function newTouch(): TouchInput {
  return { move_x: 0, move_y: 0, look_x: 0, look_y: 0, up: false };
}
