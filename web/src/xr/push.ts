/**
 * What a push of a thumbstick means, from leaving its middle until it is back there: a turn, or a look for a place to go.
 *
 * A push keeps the meaning it began with, so that one who aims and turns the stick does not turn around. Pure.
 */

/** Beyond this a push begins, and within that it is over, of the stick's way. */
const BEGINS = 0.65;
const OVER = 0.3;
/** A stick turned less than this aims straight ahead, radians: thumbs are not exact. */
const STRAIGHT_RAD = 0.45;

export type Way = "none" | "left" | "right" | "ahead" | "back";

export class Push {
  way: Way = "none";
  /** It began in this frame, or ended in it. */
  began = false;
  ended = false;
  /** The way that ended. */
  was: Way = "none";
  /** What is pushed when a stick is first seen means nothing until it was back. */
  #armed = false;

  read(stick: Float32Array | undefined): void {
    const [x, y] = [stick?.[0] ?? 0, stick?.[1] ?? 0];
    const far = Math.hypot(x, y);
    this.was = this.way;
    if (far < OVER) this.way = "none";
    else if (this.way === "none" && this.#armed && far > BEGINS) this.way = wayOf(x, y);
    this.began = this.way !== this.was && this.way !== "none";
    this.ended = this.way !== this.was && this.way === "none";
    this.#armed = stick !== undefined && (this.#armed || far < OVER);
  }
}

function wayOf(x: number, y: number): Way {
  if (Math.abs(x) > Math.abs(y)) return x < 0 ? "left" : "right";
  return y < 0 ? "back" : "ahead";
}

/**
 * By how much a stick that aims is turned, radians to the right; 0 while it is about straight. On its way back to the
 * middle it says nothing any more: `before` stays.
 */
export function twistOf(stick: Float32Array, before: number): number {
  const [x, y] = [stick[0] ?? 0, stick[1] ?? 0];
  if (Math.hypot(x, y) < BEGINS) return before;
  const twist = Math.atan2(x, y);
  return Math.abs(twist) < STRAIGHT_RAD ? 0 : twist;
}
