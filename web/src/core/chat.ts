/**
 * The chat: what was said, newest last and bounded, and saying something.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import type { Wishes } from "./wishes";

export interface ChatLine {
  readonly at_ms: number;
  readonly user_id: string;
  readonly nickname: string;
  readonly color: string;
  readonly text: string;
}

/** Lines kept, so that an evening's talk costs no memory; the oldest go first. */
export const CHAT_LINES_MAX = 200;

export function appended(lines: readonly ChatLine[], line: ChatLine): readonly ChatLine[] {
  return [...lines.slice(Math.max(0, lines.length + 1 - CHAT_LINES_MAX)), line];
}

export class Chat {
  /** Newest last, at most `CHAT_LINES_MAX`. */
  readonly chat$ = new BehaviorSubject<readonly ChatLine[]>([]);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  say(line: string): Promise<Reply> {
    return this.#wishes.command("say", { text: line });
  }
}
