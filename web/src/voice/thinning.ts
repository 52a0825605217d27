/**
 * How many voices a line can take: fewer while too much of what comes is lost, more once it has been good for a while.
 * Pure; time and counters are arguments.
 */

/** Voices at once, from all to the fewest with which one can follow a talk. */
const STEPS = [8, 4, 2] as const;
/** More than this share lost in so long, milliseconds, is too much: words break up. */
const LOST_MAX = 0.1;
const BAD_MS = 3_000;
/** After so long without that, milliseconds, the next step up is tried. */
const GOOD_MS = 10_000;
/** Fewer packets than this say nothing: a second of one voice is fifty. */
const PACKETS_MIN = 25;

interface Sample {
  readonly at_ms: number;
  readonly received: number;
  readonly lost: number;
}

export class Thinning {
  #step = 0;
  #samples: readonly Sample[] = [];
  #good_since_ms: number | undefined;

  /** How many voices are to come now. */
  get slots(): number {
    return STEPS[this.#step] ?? STEPS[0];
  }

  /** Whether the line takes all that there is. */
  get full(): boolean {
    return this.#step === 0;
  }

  /** Counts packets of all voices since the line began; true when another number of voices is to be asked for. */
  see(at_ms: number, received: number, lost: number): boolean {
    this.#good_since_ms ??= at_ms;
    const within = this.#samples.filter((sample) => at_ms - sample.at_ms <= BAD_MS);
    this.#samples = [...within, { at_ms, received, lost }];
    const [first, before, last] = [this.#samples[0], this.#samples.at(-2), this.#samples.at(-1)];
    if (first === undefined || before === undefined || last === undefined) return false;
    if (last.at_ms - first.at_ms >= BAD_MS && loses(first, last)) return this.#go(Math.min(STEPS.length - 1, this.#step + 1), at_ms);
    if (loses(before, last)) this.#good_since_ms = at_ms;
    if (at_ms - this.#good_since_ms < GOOD_MS) return false;
    return this.#go(Math.max(0, this.#step - 1), at_ms);
  }

  /** What was counted with another number of voices says nothing of this one. */
  #go(step: number, at_ms: number): boolean {
    const changed = step !== this.#step;
    this.#step = step;
    this.#samples = this.#samples.slice(-1);
    this.#good_since_ms = at_ms;
    return changed;
  }
}

/** Whether too much was lost between two looks. */
function loses(from: Sample, to: Sample): boolean {
  const lost = Math.max(0, to.lost - from.lost);
  const all = Math.max(0, to.received - from.received) + lost;
  return all >= PACKETS_MIN && lost > LOST_MAX * all;
}
