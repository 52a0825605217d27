/**
 * The lines at the bottom centre: each stands five seconds, at most ten stand at once; and banners at the top, which say
 * themselves for how long. Pure: the clock is an argument.
 */
import type { HudLine } from "../../core/hud";

/** How long a line stands, milliseconds: time to read one sentence. */
export const HUD_LINE_MS = 5_000;
/** How long one stands about which something can be done: time to think and to get there. */
export const WAY_LINE_MS = 12_000;
/** Lines that stand at once; the oldest makes room. */
export const HUD_LINES_MAX = 10;
/** Banners that stand at once: large as they are, more would come down to the crosshair. */
export const BANNERS_MAX = 3;

/** A line that stands, with the moment it goes. */
export interface StandingLine extends HudLine {
  readonly key: number;
  readonly until_ms: number;
}

/** Adds lines and forgets them in time. */
export class HudQueue {
  #lines: StandingLine[] = [];
  #key = 0;
  readonly #lines_max: number;

  constructor(lines_max = HUD_LINES_MAX) {
    this.#lines_max = lines_max;
  }

  /** Oldest first. */
  get lines(): readonly StandingLine[] {
    return this.#lines;
  }

  /** When the next line goes, or null when none stands. */
  get next_expiry_ms(): number | null {
    return this.#lines.length === 0 ? null : Math.min(...this.#lines.map(({ until_ms }) => until_ms));
  }

  push(line: HudLine, now_ms: number): void {
    this.#key += 1;
    const until_ms = now_ms + (line.banner_ms ?? (line.way === undefined ? HUD_LINE_MS : WAY_LINE_MS));
    this.#lines = [...this.#lines, { ...line, key: this.#key, until_ms }].slice(-this.#lines_max);
  }

  /** Forgets a line about which was done what can be. */
  drop(key: number): void {
    this.#lines = this.#lines.filter((line) => line.key !== key);
  }

  /** Forgets lines whose time is over. */
  expire(now_ms: number): void {
    this.#lines = this.#lines.filter((line) => line.until_ms > now_ms);
  }
}
