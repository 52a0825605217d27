/**
 * When the list of people is told anew: at once in a small room, in steps while many come and go. Pure.
 */

/** Rooms up to this many people tell every change in its frame. */
export const SMALL_ROOM_PEOPLE = 50;
/** In larger rooms the list is told at most this often, milliseconds: sorting a thousand names costs milliseconds. */
export const PEOPLE_EVERY_MS = 250;

export class PeoplePace {
  #stale = false;
  #told_ms = -Infinity;

  /** Someone came, went or changed. */
  changed(): void {
    this.#stale = true;
  }

  /** True when the list has to be told now; it is then taken as told. */
  due(now_ms: number, people: number): boolean {
    if (!this.#stale) return false;
    if (people > SMALL_ROOM_PEOPLE && now_ms - this.#told_ms < PEOPLE_EVERY_MS) return false;
    this.#stale = false;
    this.#told_ms = now_ms;
    return true;
  }
}
