/** How loud a sound is, and whether somebody speaks: loud enough at once, silent only after a while. Pure. */

/** The meter's range, dB below full scale: a quiet room to a shout. */
const FLOOR_DB = -60;
/** Above this somebody speaks, below that they no longer do: between, it stays as it was. */
const SPEAKS_DB = -45;
const SILENT_DB = -50;
/** As loud as this a mouth is wide open. */
const MOUTH_WIDE_DB = -18;
/** A click on a table is shorter than this, milliseconds; pauses between words are shorter than that. */
const ATTACK_MS = 60;
const HANGOVER_MS = 350;

/** Level of samples (-1..1), dB below full scale. */
export function levelDb(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
}

/** What a meter shows, 0 to 1. */
export function meterOf(level_db: number): number {
  return Math.min(1, Math.max(0, 1 - level_db / FLOOR_DB));
}

/** How far a voice of this level opens a mouth, 0 to 1: a whisper hardly, a loud vowel all the way. */
export function mouthOf(level_db: number): number {
  return Math.min(1, Math.max(0, (level_db - SILENT_DB) / (MOUTH_WIDE_DB - SILENT_DB)));
}

/** Whether somebody speaks, from one look at their level to the next. */
export class Speech {
  speaks = false;
  #loud_since_ms: number | undefined;
  #last_loud_ms = -Infinity;

  /** Looks at a level; returns whether they speak. */
  hear(level_db: number, now_ms: number): boolean {
    if (level_db > (this.speaks ? SILENT_DB : SPEAKS_DB)) {
      this.#loud_since_ms ??= now_ms;
      this.#last_loud_ms = now_ms;
      this.speaks ||= now_ms - this.#loud_since_ms >= ATTACK_MS;
    } else if (now_ms - this.#last_loud_ms > HANGOVER_MS) {
      this.speaks = false;
      this.#loud_since_ms = undefined;
    } else if (!this.speaks) {
      this.#loud_since_ms = undefined;
    }
    return this.speaks;
  }

  /** Somebody else, or nobody. */
  reset(): void {
    this.speaks = false;
    this.#loud_since_ms = undefined;
    this.#last_loud_ms = -Infinity;
  }
}
