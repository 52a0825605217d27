/**
 * What happened while this visitor was here: lines and talk, newest last and bounded. For whoever wants to read it again.
 */
import { BehaviorSubject, skip } from "rxjs";
import type { Chat, ChatLine } from "./chat";
import type { Hud, HudLine } from "./hud";

/** Lines kept; the oldest go first. */
export const LOG_LINES_MAX = 100;

export type LogLine =
  | { readonly kind: "said"; readonly at_ms: number; readonly line: ChatLine }
  | { readonly kind: "told"; readonly at_ms: number; readonly line: HudLine };

export class RoomLog {
  /** Newest last, at most `LOG_LINES_MAX`. */
  readonly lines$ = new BehaviorSubject<readonly LogLine[]>([]);

  constructor(hud: Hud, chat: Chat, now_ms: () => number) {
    hud.hud$.subscribe((line) => {
      if (line.passing !== true) this.#add({ kind: "told", at_ms: now_ms(), line });
    });
    chat.chat$.pipe(skip(1)).subscribe((lines) => {
      const line = lines.at(-1);
      if (line !== undefined) this.#add({ kind: "said", at_ms: line.at_ms, line });
    });
  }

  #add(line: LogLine): void {
    this.lines$.next([...this.lines$.value, line].slice(-LOG_LINES_MAX));
  }
}
