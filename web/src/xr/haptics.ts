/** What hands feel: one thing at a time, and nothing weak over something strong. Pure. */
import type { Hand } from "../scene/rig";

/** How something feels: strength 0 to 1, and for how long. */
export interface Pulse {
  readonly strength: number;
  readonly ms: number;
}

/** A step of something: a snap of a turn, a place that is met. */
export const TICK: Pulse = { strength: 0.25, ms: 15 };
/** Something is done. */
export const DONE: Pulse = { strength: 0.6, ms: 40 };

export class Haptics {
  readonly #felt = new WeakMap<Hand, { until_ms: number; strength: number }>();

  feel(hand: Hand | undefined, { strength, ms }: Pulse, now_ms: number): void {
    if (hand?.pulse === undefined) return;
    const felt = this.#felt.get(hand);
    if (felt !== undefined && now_ms < felt.until_ms && strength <= felt.strength) return;
    this.#felt.set(hand, { until_ms: now_ms + ms, strength });
    hand.pulse(strength, ms);
  }
}
