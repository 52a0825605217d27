/**
 * A captured mouse sometimes reports one leap of hundreds of pixels that no hand made. Pure: tells them from fast hands,
 * who get fast over several reports and go on.
 */

/** A report of less than this is never a leap, CSS pixels. */
const LEAP_PX = 180;
/** A leap is so many times farther than the report before it. */
const LEAP_FACTOR = 7;

export class Spikes {
  #last_px = 0;
  #dropped = false;

  /** Whether a report is one that a hand made. */
  believes(x: number, y: number): boolean {
    const px = Math.hypot(x, y);
    const leaps = px > LEAP_PX && px > LEAP_FACTOR * Math.max(1, this.#last_px);
    // Two in a row are a fast hand after all.
    if (leaps && !this.#dropped) {
      this.#dropped = true;
      return false;
    }
    this.#dropped = false;
    this.#last_px = px;
    return true;
  }
}
