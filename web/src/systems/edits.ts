/**
 * A stream of edits, made calm: the newest wins, at most ten a second, the last one always goes out. Pure; time is an
 * argument.
 */

/** Least time between two edits that are sent, milliseconds: smooth for others, gentle to the journal. */
export const EDIT_EVERY_MS = 100;
/** Edits without an answer yet; a slow room is not flooded. */
export const EDITS_UNANSWERED_MAX = 3;

export class Edits<T> {
  #waiting: T | undefined;
  #sent_ms = Number.NEGATIVE_INFINITY;
  #unanswered = 0;

  /** Takes the newest value in; the one before it, if it still waits, is forgotten. */
  put(value: T): void {
    this.#waiting = value;
  }

  /** The value to send now, if one is due. `last` sends it whatever the time. */
  take(now_ms: number, last: boolean): T | undefined {
    const early = now_ms - this.#sent_ms < EDIT_EVERY_MS || this.#unanswered >= EDITS_UNANSWERED_MAX;
    if (this.#waiting === undefined || (early && !last)) return undefined;
    const value = this.#waiting;
    this.#waiting = undefined;
    this.#sent_ms = now_ms;
    this.#unanswered += 1;
    return value;
  }

  /** An edit was answered. True when nothing waits and nothing is unanswered: the room has the last word again. */
  answered(): boolean {
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    return this.#unanswered === 0 && this.#waiting === undefined;
  }
}
