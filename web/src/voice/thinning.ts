/**
 * What a line can take: packets that are said twice and fewer voices while too much of what comes is lost, more once it has been good
 * for a while. Pure; time and counters are arguments.
 */

/** What is asked of the room: so many voices, and whether each packet is to carry the one before it (RFC 2198). */
export interface Asked {
  readonly slots: number;
  readonly redundant: boolean;
}

/** A step from a good line to a bad one, with the share of packets that it bears. */
interface Step extends Asked {
  readonly lost_max: number;
}

/**
 * Down to two voices, of which one can just follow a talk. A packet that is said twice is lost with the next one only: of one in ten,
 * one in a hundred. Four voices said twice take what eight take.
 */
const VOICES: readonly Step[] = [
  { slots: 8, redundant: false, lost_max: 0.02 },
  { slots: 4, redundant: true, lost_max: 0.2 },
  { slots: 2, redundant: true, lost_max: 1 },
];

/** Pictures are sent again where they are lost: large ones bear more than voices do. */
export const PICTURES: readonly Step[] = [
  { slots: 2, redundant: false, lost_max: 0.1 },
  { slots: 1, redundant: false, lost_max: 1 },
];
/** So long, milliseconds, more must be lost than a step bears: one bad moment is no bad line. */
const BAD_MS = 3_000;
/** After so long without a loss that the step before would not bear, milliseconds, that is tried again. */
const GOOD_MS = 10_000;
/** Fewer packets than this say nothing: a second of one voice is fifty. */
const PACKETS_MIN = 25;

interface Sample {
  readonly at_ms: number;
  readonly received: number;
  readonly lost: number;
}

export class Thinning {
  readonly #steps: readonly Step[];
  #step = 0;
  #samples: readonly Sample[] = [];
  #good_since_ms: number | undefined;

  constructor(steps: readonly Step[] = VOICES) {
    this.#steps = steps;
  }

  /** What is to come now. */
  get asked(): Asked {
    return this.#steps[this.#step] ?? { slots: 1, redundant: true };
  }

  /** Whether the line takes all that there is. */
  get full(): boolean {
    return this.#step === 0;
  }

  /** Counts packets of all voices since the line began; true when something else is to be asked for. */
  see(at_ms: number, received: number, lost: number): boolean {
    this.#good_since_ms ??= at_ms;
    const within = this.#samples.filter((sample) => at_ms - sample.at_ms <= BAD_MS);
    this.#samples = [...within, { at_ms, received, lost }];
    const [first, before, last] = [this.#samples[0], this.#samples.at(-2), this.#samples.at(-1)];
    if (first === undefined || before === undefined || last === undefined) return false;
    if (last.at_ms - first.at_ms >= BAD_MS && loses(first, last, this.#bears(this.#step))) return this.#go(this.#step + 1, at_ms);
    // It is the step before that has to bear it.
    if (loses(before, last, this.#bears(Math.max(0, this.#step - 1)))) this.#good_since_ms = at_ms;
    if (at_ms - this.#good_since_ms < GOOD_MS) return false;
    return this.#go(this.#step - 1, at_ms);
  }

  #bears(step: number): number {
    return this.#steps[step]?.lost_max ?? 1;
  }

  /** What was counted under other terms says nothing of these. */
  #go(step: number, at_ms: number): boolean {
    const next = Math.min(this.#steps.length - 1, Math.max(0, step));
    const changed = next !== this.#step;
    this.#step = next;
    this.#samples = this.#samples.slice(-1);
    this.#good_since_ms = at_ms;
    return changed;
  }
}

/** Whether more than a share was lost between two looks. */
function loses(from: Sample, to: Sample, share: number): boolean {
  const lost = Math.max(0, to.lost - from.lost);
  const all = Math.max(0, to.received - from.received) + lost;
  return all >= PACKETS_MIN && lost > share * all;
}
