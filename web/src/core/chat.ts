/**
 * The chat: what was said, newest last and bounded, and saying something.
 */
import { BehaviorSubject } from "rxjs";
import { type Audience, EVERYONE, audienceJson } from "./audience";
import type { Reply } from "./commands";
import type { Wishes } from "./wishes";

export interface ChatLine {
  readonly at_ms: number;
  readonly user_id: string;
  readonly nickname: string;
  readonly color: string;
  readonly text: string;
  /** Who heard it beside whoever said it. */
  readonly to: Audience;
}

/** One's own line that the room has not answered yet. */
export interface UnsentLine {
  readonly key: number;
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
  /** In the order in which they were said. */
  readonly unsent$ = new BehaviorSubject<readonly UnsentLine[]>([]);
  readonly #wishes: Wishes;
  #said = 0;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  /** A line was said; one's own is not unsent any more, even before the room's answer. */
  hear(line: ChatLine, own: boolean): void {
    const unsent = this.unsent$.value;
    const sent = own ? unsent.find(({ text }) => text === line.text) : undefined;
    if (sent !== undefined) this.unsent$.next(unsent.filter((other) => other !== sent));
    this.chat$.next(appended(this.chat$.value, line));
  }

  async say(line: string, to: Audience = EVERYONE): Promise<Reply> {
    const audience = audienceJson(to);
    const unsent = { key: (this.#said += 1), text: line };
    this.unsent$.next([...this.unsent$.value, unsent]);
    try {
      return await this.#wishes.command("say", audience === undefined ? { text: line } : { text: line, to: audience });
    } finally {
      this.unsent$.next(this.unsent$.value.filter((other) => other !== unsent));
    }
  }
}
