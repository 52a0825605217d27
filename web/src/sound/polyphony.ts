/** How many effects are heard at once, and which one gives way. Pure; the clock is an argument. */

/** Effects at once: more are a roar, and cost the audio thread of a phone its time. */
export const EFFECTS_MAX = 16;
/** Effects that may begin within `BURST_MS`: more at the same moment are one loud noise. */
export const BURST_MAX = 8;
export const BURST_MS = 100;

interface Sounding {
  readonly key: number;
  readonly loudness: number;
  readonly begun_ms: number;
}

/** Whoever may begin has a key; `goes` is that of one that ends for it. */
export interface Admitted {
  readonly key: number;
  readonly goes: number | undefined;
}

export class Polyphony {
  /** Oldest first. */
  #sounding: Sounding[] = [];
  #begun_ms: number[] = [];
  #key = 0;

  get count(): number {
    return this.#sounding.length;
  }

  /** Lets an effect begin that is so loud at the ear; undefined when it is not worth another one. */
  admit(loudness: number, now_ms: number): Admitted | undefined {
    const burst = this.#sounding.filter(({ begun_ms }) => now_ms - begun_ms < BURST_MS);
    this.#begun_ms = this.#begun_ms.filter((begun_ms) => now_ms - begun_ms < BURST_MS);
    const crowded = this.#begun_ms.length >= BURST_MAX;
    // In a burst the loudest are heard, whichever came first; equally loud ones do not take turns.
    const yields = crowded ? quietest(burst) : undefined;
    if (crowded && (yields === undefined || yields.loudness >= loudness)) return undefined;
    const full = this.#sounding.length >= EFFECTS_MAX;
    const least = yields ?? (full ? quietest(this.#sounding) : undefined);
    if (least !== undefined && least.loudness > loudness) return undefined;
    if (least !== undefined) this.over(least.key);
    if (!crowded) this.#begun_ms.push(now_ms);
    this.#key += 1;
    this.#sounding.push({ key: this.#key, loudness, begun_ms: now_ms });
    return { key: this.#key, goes: least?.key };
  }

  over(key: number): void {
    this.#sounding = this.#sounding.filter((each) => each.key !== key);
  }
}

/** Of equally quiet ones the oldest. */
function quietest(sounding: readonly Sounding[]): Sounding | undefined {
  return sounding.reduce<Sounding | undefined>((least, each) => (least === undefined || each.loudness < least.loudness ? each : least), undefined);
}
