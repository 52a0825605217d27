/**
 * What just happened, before the eyes of someone with a headset: the lines of the page, and notices that stay while they
 * hold. Pure; the clock is an argument.
 */
import type { Subscription } from "rxjs";
import { skip } from "rxjs";
import type { ChatLine } from "../../core/chat";
import type { HudLine } from "../../core/hud";
import { isHidden } from "../../core/rights";
import type { RoomApp } from "../../core/room-app";
import { aheadWords } from "../../ui/logic/admission";
import { overheard } from "../../ui/logic/chat";
import { heardBy } from "../../ui/logic/hearers";
import { HudQueue } from "../../ui/logic/hud";
import { reconnectWords } from "../../ui/logic/reconnect";

export class Lines {
  readonly #app: RoomApp;
  readonly #queue = new HudQueue();
  readonly #reads: () => boolean;
  readonly #heard: Subscription;
  #now_ms = 0;
  #shown = "";

  /** `reads` says whether the chat is open: what is read there need not be told. */
  constructor(app: RoomApp, reads: () => boolean) {
    this.#app = app;
    this.#reads = reads;
    this.#heard = app.hud.hud$.subscribe((line) => this.#queue.push(line, this.#now_ms));
    // What was said before is history.
    this.#heard.add(app.chat.chat$.pipe(skip(1)).subscribe((said) => this.#hear(said.at(-1))));
  }

  /** A frame on two clocks: of the frame, and on the wall. True when other lines stand than in the last one. */
  step(now_ms: number, wall_ms: number): boolean {
    this.#now_ms = now_ms;
    if ((this.#queue.next_expiry_ms ?? Infinity) <= now_ms) this.#queue.expire(now_ms);
    const newest = this.#queue.lines.at(-1)?.key ?? 0;
    const shown = `${this.#queue.lines.length} ${newest} ${this.#noticeKey(wall_ms)}`;
    const changed = shown !== this.#shown;
    this.#shown = shown;
    return changed;
  }

  /** What stands now, the newest last and notices below. */
  standing(wall_ms: number): readonly HudLine[] {
    const notice = this.#notice(wall_ms);
    return notice === null ? this.#queue.lines : [...this.#queue.lines, notice];
  }

  dispose(): void {
    this.#heard.unsubscribe();
  }

  /** Changes when the notice's words do. */
  #noticeKey(wall_ms: number): string {
    const { connection$, admission$, driver$ } = this.#app.visit;
    const { kind } = connection$.value;
    return `${kind === "reconnecting" ? Math.floor(wall_ms / 1_000) : kind} ${admission$.value.ahead} ${driver$.value}`;
  }

  #notice(wall_ms: number): HudLine | null {
    const { connection$, admission$, driver$ } = this.#app.visit;
    const connection = connection$.value;
    if (connection.kind === "reconnecting") {
      const { title, detail } = reconnectWords(connection.since_ms, connection.next_try_ms, wall_ms);
      return { text: `${title} ${detail}`, tone: "warn" };
    }
    if (admission$.value.ahead !== null) return { text: aheadWords(admission$.value.ahead), tone: "plain" };
    if (driver$.value) return null;
    return { text: "This room is open in another tab. To move here again: menu, Room, Continue here.", tone: "warn" };
  }

  #hear(line: ChatLine | undefined): void {
    const people = this.#app.people.people$.value;
    const self_id = people.find((person) => person.self)?.user_id ?? null;
    if (line === undefined || line.user_id === self_id || this.#reads()) return;
    if (isHidden(this.#app.people.relations$.value, line.user_id)) return;
    const heard = heardBy(line.to, line.user_id, self_id, (id) => people.find((person) => person.user_id === id)?.nickname);
    this.#queue.push({ text: overheard(line, heard), tone: "plain" }, this.#now_ms);
  }
}
