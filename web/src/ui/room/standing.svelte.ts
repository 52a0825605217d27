/** Lines that stand for their time and go by themselves: a queue with a clock. Owns the timer. */
import type { HudLine } from "../../core/hud";
import { HudQueue, type StandingLine } from "../logic/hud";

export class Standing {
  lines = $state.raw<readonly StandingLine[]>([]);
  readonly #queue: HudQueue;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lines_max?: number) {
    this.#queue = new HudQueue(lines_max);
  }

  push(line: HudLine): void {
    this.#queue.push(line, performance.now());
    this.#show();
  }

  drop(key: number): void {
    this.#queue.drop(key);
    this.lines = this.#queue.lines;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #show(): void {
    const now_ms = performance.now();
    this.#queue.expire(now_ms);
    this.lines = this.#queue.lines;
    clearTimeout(this.#timer);
    const next_ms = this.#queue.next_expiry_ms;
    if (next_ms !== null) this.#timer = setTimeout(() => this.#show(), next_ms - now_ms + 1);
  }
}
