/**
 * Whose connection is lost for the moment, read out of the avatars' rows in every frame. Makes garbage only on a change.
 */
import { AVATAR_FLAG, AVATAR_ROW } from "./generated";

export class AwayWatch {
  /** Entity indices of those who are away. */
  away: ReadonlySet<number> = new Set();
  readonly #before: number[] = [];

  /** Reads the rows; true when others are away than before. */
  read(rows: Float32Array): boolean {
    let count = 0;
    let same = true;
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      if (((rows[at + AVATAR_ROW.flags] ?? 0) & AVATAR_FLAG.away) === 0) continue;
      const index = rows[at + AVATAR_ROW.index] ?? -1;
      same = same && this.#before[count] === index;
      this.#before[count] = index;
      count += 1;
    }
    if (same && count === this.#before.length) return false;
    this.#before.length = count;
    this.away = new Set(this.#before);
    return true;
  }
}
