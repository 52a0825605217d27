/**
 * Which way motion goes: by the socket, or by datagrams where they have been measured to be no worse; and whether a line lives at all.
 * Pure: probes, answers and time are arguments.
 *
 * ```text
 * closed --open--> measuring --good--> asking --granted--> carried --silent, lossy--> leaving --told--> resting
 *                   ^   |                 |                                                               |  ^
 *                   |   +--bad------------+--refused------------------------------------------------------|--+
 *                   +------------------------after 10 s, 20 s, 40 s …-------------------------------------+   (probed on in all)
 * any --close--> closed
 * ```
 */

/** How often the line is asked, milliseconds, half as often while it rests; each time it is one small datagram there and one back. */
export const PROBE_EVERY_MS = 250;
/** So many answers, or their lack, say whether a line is good: four seconds with the wait for the last. */
const PROBES = 12;
/** So many whether it still is: ten seconds. Fewer say little of a line that loses a few in a hundred. */
const PROBES_CARRIED = 40;
/** An answer that takes longer, milliseconds, is none. */
const ANSWER_MS = 1_000;
/**
 * More than this share without an answer is too much to begin, and to go on: half of it is lost on the way there, half on the way back.
 * Of a line that loses one in twenty each way most frames come in time; where more is lost SCTP, which carries them, stands still for a
 * second and more ever so often, and a socket does better (`docs/performance.md`).
 */
const LOST_MAX = 0.1;
const LOST_MAX_CARRIED = 0.15;
/** How much slower than the socket datagrams may be, milliseconds: they wait for nothing that was lost. */
const SLOWER_MS = 20;
/** So many in a row without an answer, and the line is gone. */
const SILENT = 3;
/** An answer is missed at the earliest after so long, milliseconds: a page may be busy for a moment. */
const MISSED_MS = 300;
/** How long a line rests that was not good, milliseconds: at first, and at most. */
const REST_MS = 10_000;
const REST_MAX_MS = 300_000;

type State = "closed" | "measuring" | "asking" | "carried" | "leaving" | "resting";

interface Probe {
  readonly number: number;
  readonly sent_ms: number;
  answered_ms?: number;
}

/** What is to be done now. */
export interface Todo {
  /** A probe to send. */
  readonly probe?: number;
  /** What to ask of the room: that motion goes by datagrams, or no longer. */
  readonly ask?: boolean;
}

export class Carriage {
  #state: State = "closed";
  #probes: Probe[] = [];
  #number = 0;
  #rest_ms = REST_MS;
  #rested_at_ms = 0;

  /** Whether motion goes by datagrams, as far as this side is concerned. */
  get carries(): boolean {
    return this.#state === "carried";
  }

  /** A line for datagrams is open. */
  opened(): void {
    this.#state = "measuring";
    this.#probes = [];
    this.#rest_ms = REST_MS;
  }

  /** It is closed. */
  closed(): void {
    this.#state = "closed";
    // What was asked on it says nothing of the next.
    this.#probes = [];
  }

  answered(number: number, now_ms: number): void {
    const probe = this.#probes.find((each) => each.number === number);
    if (probe !== undefined) probe.answered_ms ??= now_ms;
  }

  /** What the room said to the last question. */
  told(granted: boolean, now_ms: number): void {
    if (this.#state === "asking" && granted) this.#state = "carried";
    else if (this.#state === "asking" || this.#state === "leaving") this.#rest(now_ms);
  }

  /** Time has passed; `socket_ms` is the socket's round trip, `direct` whether datagrams travel as such. */
  step(now_ms: number, socket_ms: number, direct: boolean): Todo {
    switch (this.#state) {
      case "closed":
        return {};
      case "asking":
      case "leaving":
        return this.#probeAtRest(now_ms);
      case "resting":
        if (now_ms < this.#rested_at_ms) return this.#probeAtRest(now_ms);
        this.#state = "measuring";
        return this.#probe(now_ms);
      case "measuring":
        if (this.#known(now_ms, PROBES).length < PROBES) return this.#probe(now_ms);
        if (!direct || this.#loss(now_ms, PROBES) > LOST_MAX || this.#rtt_ms() > socket_ms + SLOWER_MS) return this.#rest(now_ms);
        this.#state = "asking";
        return { ask: true };
      case "carried":
        if (!this.#isGone(now_ms) && this.#loss(now_ms, PROBES_CARRIED) <= LOST_MAX_CARRIED) return this.#probe(now_ms);
        this.#state = "leaving";
        return { ask: false };
    }
  }

  /** Whether the line has lost next to nothing before it fell silent, if it did: then silence means that it is gone. */
  isSteady(now_ms: number): boolean {
    const due = this.#due(now_ms);
    const before = due.slice(0, due.findLastIndex(({ answered_ms }) => answered_ms !== undefined) + 1).slice(-PROBES);
    return before.length > 0 && before.filter(isLost).length <= LOST_MAX * before.length;
  }

  /** For how long nothing of what was asked has been answered, milliseconds; 0 while a missing answer may still be on its way. */
  silent_ms(now_ms: number): number {
    const last = this.#due(now_ms);
    const answered = last.findLastIndex(({ answered_ms }) => answered_ms !== undefined);
    const first = last[answered + 1];
    return last.length - answered - 1 < SILENT || first === undefined ? 0 : now_ms - first.sent_ms;
  }

  #probeAtRest(now_ms: number): Todo {
    const last = this.#probes.at(-1);
    return last !== undefined && now_ms - last.sent_ms < 1.5 * PROBE_EVERY_MS ? {} : this.#probe(now_ms);
  }

  #probe(now_ms: number): Todo {
    const probe = { number: (this.#number += 1), sent_ms: now_ms };
    // Those under way count beside those of which one knows.
    this.#probes = [...this.#probes, probe].slice(-PROBES_CARRIED - ANSWER_MS / PROBE_EVERY_MS - 1);
    return { probe: probe.number };
  }

  #rest(now_ms: number): Todo {
    this.#state = "resting";
    this.#rested_at_ms = now_ms + this.#rest_ms;
    this.#rest_ms = Math.min(REST_MAX_MS, 2 * this.#rest_ms);
    return {};
  }

  /** The newest probes of which one knows what became of them, the newest last. */
  #known(now_ms: number, most: number): readonly Probe[] {
    // Of younger ones only the answered would count.
    return this.#probes.filter(({ sent_ms }) => now_ms - sent_ms > ANSWER_MS).slice(-most);
  }

  /** Which share of so many was lost; 0 while there are not so many yet. */
  #loss(now_ms: number, most: number): number {
    const known = this.#known(now_ms, most);
    return known.length < most ? 0 : known.filter(isLost).length / known.length;
  }

  #rtt_ms(): number {
    const trips = this.#probes.flatMap(({ sent_ms, answered_ms }) => (answered_ms === undefined ? [] : [answered_ms - sent_ms]));
    return trips.sort((a, b) => a - b)[Math.floor(trips.length / 2)] ?? Infinity;
  }

  /** Nothing has been answered for a while of which an answer is due. */
  #isGone(now_ms: number): boolean {
    return this.silent_ms(now_ms) > 0;
  }

  /** Probes whose answer has come, or could have. */
  #due(now_ms: number): readonly Probe[] {
    const patience_ms = Math.max(MISSED_MS, 2 * Math.min(this.#rtt_ms(), ANSWER_MS));
    return this.#probes.filter(({ sent_ms, answered_ms }) => answered_ms !== undefined || now_ms - sent_ms > patience_ms);
  }
}

/** An answer that comes too late is none. */
function isLost({ sent_ms, answered_ms }: Probe): boolean {
  return answered_ms === undefined || answered_ms - sent_ms > ANSWER_MS;
}
