/**
 * Picking things up by touching them: nobody asked for it in words, so a refusal is not told, and nothing is asked for over and
 * over. Pure but for the answers it waits for; the clock is an argument.
 */
import type { Observable } from "rxjs";
import type { Reply } from "./commands";

/** A thing is asked for at most once in so many milliseconds. */
export const RETRY_MS = 1_000;
/** So many wait for an answer at once: who runs through a heap of coins has the rest a moment later. */
const WAITING_MAX = 8;
/** Of so many things at most it is remembered when they were asked for. */
const REMEMBERED_MAX = 256;

export class Pickups {
  readonly #collect: (entity: string) => Promise<Reply>;
  /** When each was last asked for. */
  readonly #asked_ms = new Map<string, number>();
  /** Of these the visitor has all they can have, until something of them changes. */
  readonly #not_needed = new Set<string>();
  #waiting = 0;

  constructor(collect: (entity: string) => Promise<Reply>, vitals$: Observable<unknown>) {
    this.#collect = collect;
    vitals$.subscribe(() => this.#not_needed.clear());
  }

  /** The visitor is at a thing that can be picked up; returns whether it was asked for now. */
  touch(entity: string, now_ms: number): boolean {
    const asked_ms = this.#asked_ms.get(entity) ?? -Infinity;
    if (this.#waiting >= WAITING_MAX || this.#not_needed.has(entity) || now_ms - asked_ms < RETRY_MS) return false;
    this.#forget(now_ms);
    this.#asked_ms.set(entity, now_ms);
    this.#waiting += 1;
    void this.#ask(entity);
    return true;
  }

  async #ask(entity: string): Promise<void> {
    const reply = await this.#collect(entity).finally(() => (this.#waiting -= 1));
    if (!reply.ok && reply.reason === "not_needed") this.#not_needed.add(entity);
  }

  #forget(now_ms: number): void {
    if (this.#asked_ms.size < REMEMBERED_MAX) return;
    for (const [entity, asked_ms] of this.#asked_ms) if (now_ms - asked_ms >= RETRY_MS) this.#asked_ms.delete(entity);
  }
}
