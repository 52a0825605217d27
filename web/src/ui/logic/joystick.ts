/**
 * What a thumb on the glass means: a stick for walking, a pad for looking. Pure; pixels and seconds are arguments.
 */

/** How far the knob travels, CSS pixels: a thumb's reach without moving the hand. */
export const STICK_RADIUS_PX = 56;
/** Share of the travel that means standing still, so that a resting thumb does not creep. */
export const STICK_DEAD_ZONE = 0.12;
/** Drag speed that means "turn at full speed", CSS pixels per second. */
export const LOOK_FULL_PX_S = 600;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the stick stands: `move` is -1..1 (x right, y forward), `knob` is pixels from the stick's centre. */
export interface Stick {
  readonly move: Point;
  readonly knob: Point;
}

/** The stick for a thumb that landed at `origin` and is at `thumb` now. */
export function stick(origin: Point, thumb: Point): Stick {
  const [dx, dy] = [thumb.x - origin.x, thumb.y - origin.y];
  const distance = Math.hypot(dx, dy);
  if (distance === 0) return { move: { x: 0, y: 0 }, knob: { x: 0, y: 0 } };
  const reach = Math.min(1, distance / STICK_RADIUS_PX);
  const [ux, uy] = [dx / distance, dy / distance];
  const speed = reach <= STICK_DEAD_ZONE ? 0 : (reach - STICK_DEAD_ZONE) / (1 - STICK_DEAD_ZONE);
  const knob = { x: ux * reach * STICK_RADIUS_PX, y: uy * reach * STICK_RADIUS_PX };
  // Screen y grows downwards; forward is up the screen.
  return { move: { x: ux * speed, y: -uy * speed || 0 }, knob };
}

/** Collects a thumb's drag between frames and gives it as a rate, so that a still thumb does not turn. */
export class LookPad {
  #dx = 0;
  #dy = 0;

  /** The thumb moved by so many pixels. */
  moved(dx: number, dy: number): void {
    this.#dx += dx;
    this.#dy += dy;
  }

  /** The rate since the last frame, -1..1 each (x right, y up); takes what was collected. */
  frame(elapsed_s: number): Point {
    const full = LOOK_FULL_PX_S * Math.max(elapsed_s, 1e-3);
    const rate = { x: clamp(this.#dx / full), y: clamp(-this.#dy / full) };
    this.#dx = 0;
    this.#dy = 0;
    return rate;
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value)) || 0;
}
