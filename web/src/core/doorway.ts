/**
 * Waiting before a full room: knocks again after a while, later each time, at moments of chance.
 *
 * Owns the timer. What knocking means is its user's business.
 */
import { fullDelay } from "./backoff";

export class Doorway {
  readonly #chance: () => number;
  readonly #knock: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(chance: () => number, knock: () => void) {
    this.#chance = chance;
    this.#knock = knock;
  }

  /** The room is full: knocks after some time; returns it, milliseconds. */
  wait(): number {
    clearTimeout(this.#timer);
    const delay_ms = fullDelay(this.#attempt, this.#chance());
    this.#attempt += 1;
    this.#timer = setTimeout(this.#knock, delay_ms);
    return delay_ms;
  }

  /** Knocks later no more: someone did it themselves, or the visit is over. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The room opened: the next time begins with a short wait. */
  opened(): void {
    this.stop();
    this.#attempt = 0;
  }
}
