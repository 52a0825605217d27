/**
 * What just happened, before the eyes of someone with a headset: the lines of the page, and notices that stay while they
 * hold. Pure; the clock is an argument.
 */
import { type Subscription, distinctUntilChanged, merge, skip } from "rxjs";
import type { ChatLine } from "../../core/chat";
import type { HudLine } from "../../core/hud";
import { isHidden } from "../../core/rights";
import type { RoomApp } from "../../core/room-app";
import { aheadWords } from "../../ui/logic/admission";
import { overheard } from "../../ui/logic/chat";
import { heardBy } from "../../ui/logic/hearers";
import { HudQueue } from "../../ui/logic/hud";
import { reconnectWords } from "../../ui/logic/reconnect";
import { fallenLine } from "../../ui/logic/vitals";

/** A notice is as large as a banner, and stands while it holds. */
const LARGE_MS = 1_000;

export class Lines {
  readonly #app: RoomApp;
  readonly #queue = new HudQueue();
  readonly #reads: () => boolean;
  readonly #heard: Subscription;
  #now_ms = 0;
  #changed = true;
  /** The second that a notice counts down. */
  #second = 0;

  /** `reads` says whether the chat is open: what is read there need not be told. */
  constructor(app: RoomApp, reads: () => boolean) {
    this.#app = app;
    this.#reads = reads;
    const { connection$, admission$, driver$ } = app.visit;
    this.#heard = app.hud.hud$.subscribe((line) => this.#push(line));
    const kind$ = connection$.pipe(distinctUntilChanged((before, now) => before.kind === "online" && now.kind === "online"));
    this.#heard.add(merge(kind$, admission$, driver$, app.vitals.fallen$).subscribe(() => (this.#changed = true)));
    // What was said before is history.
    this.#heard.add(app.chat.chat$.pipe(skip(1)).subscribe((said) => this.#hear(said.at(-1))));
  }

  /** A frame on two clocks: of the frame, and on the wall. True when other lines stand than in the last one. */
  step(now_ms: number, wall_ms: number): boolean {
    this.#now_ms = now_ms;
    if ((this.#queue.next_expiry_ms ?? Infinity) <= now_ms) {
      this.#queue.expire(now_ms);
      this.#changed = true;
    }
    const second = this.#app.visit.connection$.value.kind === "reconnecting" ? Math.floor(wall_ms / 1_000) : 0;
    const changed = this.#changed || second !== this.#second;
    [this.#second, this.#changed] = [second, false];
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

  #push(line: HudLine): void {
    if (line.quiet === true) return;
    this.#queue.push(line, this.#now_ms);
    this.#changed = true;
  }

  #notice(wall_ms: number): HudLine | null {
    const { connection$, admission$, driver$ } = this.#app.visit;
    const connection = connection$.value;
    if (connection.kind === "reconnecting") {
      const { title, detail } = reconnectWords(connection, wall_ms, this.#app.wishes.unanswered$.value);
      return { text: `${title} ${detail}`, tone: "warn" };
    }
    if (admission$.value.ahead !== null) return { text: aheadWords(admission$.value.ahead), tone: "plain" };
    const fallen = this.#app.vitals.fallen$.value;
    if (fallen !== null) return { text: fallenLine(fallen), tone: "plain", banner_ms: LARGE_MS };
    if (driver$.value) return null;
    return { text: "This room is open in another tab. To move here again: menu, Room, Continue here.", tone: "warn" };
  }

  #hear(line: ChatLine | undefined): void {
    const people = this.#app.people.people$.value;
    const self_id = people.find((person) => person.self)?.user_id ?? null;
    if (line === undefined || line.user_id === self_id || this.#reads()) return;
    if (isHidden(this.#app.people.relations$.value, line.user_id)) return;
    const heard = heardBy(line.to, line.user_id, self_id, (id) => people.find((person) => person.user_id === id)?.nickname);
    this.#push({ text: overheard(line, heard), tone: "plain" });
  }
}
