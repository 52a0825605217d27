/**
 * Who came and went, in lines that can be read: a few by name, a storm as a number. Pure; the clock is an argument.
 */
import type { HudLine } from "./hud";

/** How long comings and goings are gathered, milliseconds: a line stands five seconds, so at most a few stand at once. */
export const GATHER_MS = 2_000;
/** People of a quiet time who are told by name. */
export const NAMED_MAX = 3;

export type Way = "in" | "out";

export interface Coming {
  readonly way: Way;
  readonly name: string;
}

export class Comings {
  #since_ms = -Infinity;
  #named = 0;
  /** Names not told yet, by way; of more than one only their number is told. */
  readonly #waiting: { readonly [way in Way]: string[] } = { in: [], out: [] };

  /** Someone came or went; returns the line to show at once, if any. */
  note(way: Way, name: string, now_ms: number): HudLine | undefined {
    const quiet = now_ms - this.#since_ms >= GATHER_MS && this.#waiting.in.length + this.#waiting.out.length === 0;
    if (quiet) {
      this.#since_ms = now_ms;
      this.#named = 0;
    }
    if (this.#named < NAMED_MAX) {
      this.#named += 1;
      return lineOf(way, [name]);
    }
    this.#waiting[way].push(name);
    return undefined;
  }

  /** The lines that are due: after a time of gathering, one for those who came and one for those who went. */
  due(now_ms: number): readonly HudLine[] {
    const { in: came, out: went } = this.#waiting;
    if (came.length + went.length === 0 || now_ms - this.#since_ms < GATHER_MS) return NO_LINES;
    const lines = [...(came.length > 0 ? [lineOf("in", came)] : []), ...(went.length > 0 ? [lineOf("out", went)] : [])];
    came.length = went.length = 0;
    // The storm may go on: what follows is gathered at once.
    this.#since_ms = now_ms;
    this.#named = NAMED_MAX;
    return lines;
  }
}

const NO_LINES: readonly HudLine[] = [];

function lineOf(way: Way, names: readonly string[]): HudLine {
  const who = names.length === 1 ? names[0] : `${names.length} people`;
  return { text: `${who} ${way === "in" ? "came in" : "left"}`, tone: "plain" };
}
