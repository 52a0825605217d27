/**
 * The menu: which page is shown, what is written, and how all of it is laid out. What is done goes to the app.
 *
 * Owns the menu's state. Pure: knows no panel, no headset, no clock.
 */
import { type Subscription, distinctUntilChanged, filter, map, merge, skip } from "rxjs";
import type { Connection } from "../../core/connection";
import { can } from "../../core/rights";
import type { RoomApp } from "../../core/room-app";
import { isOffered } from "../../ui/logic/drawers";
import { peopleCount } from "../../ui/logic/names";
import { refusal } from "../../ui/logic/refusal";
import { unreadBadge, unreadCount } from "../../ui/logic/unread";
import type { ChatLine } from "../../core/chat";
import { type Command, Keyboard, type Writing } from "../keyboard/keyboard";
import { layOutKeyboard } from "../keyboard/lay_out";
import type { PanelIcon } from "../panel/icons";
import type { Sheet } from "../panel/sheet";
import type { Measure } from "../panel/wrap";
import { layOutMenu } from "./frame";
import { chat } from "./pages/chat";
import { comfort } from "./pages/comfort";
import { people } from "./pages/people";
import { room } from "./pages/room";
import { states } from "./pages/states";
import { things } from "./pages/things";
import type { Page } from "./rows";
import { type Around, type Desk, type MenuState, type PageName, AT_FIRST } from "./state";

/** A way to a page. */
export interface Tab {
  readonly page: PageName;
  readonly words: string;
  readonly icon: PanelIcon;
  /** What is new there. */
  readonly badge: string;
}

const PAGES: { readonly [page in PageName]: (desk: Desk) => Page } = { people, chat, things, states, comfort, room };

const TABS: readonly Omit<Tab, "badge">[] = [
  { page: "people", words: "People", icon: "people" },
  { page: "chat", words: "Chat", icon: "chat" },
  { page: "things", words: "Things", icon: "build" },
  { page: "states", words: "Saved", icon: "saved" },
  { page: "comfort", words: "Comfort", icon: "settings" },
  { page: "room", words: "Room", icon: "door" },
];

/** The pages that are offered where the page's drawers are. */
const DRAWERS = { things: "build", states: "snapshots" } as const;

export class Menu {
  #state: MenuState = AT_FIRST;
  #keyboard: Keyboard | null = null;
  #open = false;
  /** Another number whenever something is not as it was. */
  version = 0;
  #seen: ChatLine | null;
  readonly #app: RoomApp;
  readonly #around: Around;
  readonly #heard: Subscription;

  constructor(app: RoomApp, around: Around) {
    this.#app = app;
    this.#around = around;
    this.#seen = app.chat.chat$.value.at(-1) ?? null;
    this.#heard = this.#changes().subscribe(() => {
      this.touch();
      this.#stay();
    });
    const chosen$ = app.building.selection$.pipe(map((selection) => selection?.entity), distinctUntilChanged(), skip(1));
    this.#heard.add(chosen$.subscribe(() => this.#forgetWriting()));
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get state(): MenuState {
    return this.#state;
  }

  get keyboard(): Keyboard | null {
    return this.#keyboard;
  }

  /** Asks to be laid out again. */
  touch(): void {
    this.version += 1;
  }

  open(): void {
    this.#open = true;
    this.#arrive();
    this.touch();
  }

  close(): void {
    this.#open = false;
    this.#keyboard = null;
    this.#app.building.build$.next(false);
  }

  dispose(): void {
    if (this.#open) this.close();
    this.#heard.unsubscribe();
  }

  /** A change of page begins it anew. */
  go(change: Partial<MenuState>): void {
    const { page } = this.#state;
    const elsewhere = change.page !== undefined && change.page !== page;
    const fresh = elsewhere ? ({ person: null, facet: "looks" } as const) : {};
    this.#state = { ...this.#state, screen: 0, asked: null, refusal: null, ...fresh, ...change };
    if (elsewhere) this.#keyboard = null;
    if (change.page !== undefined) this.#arrive();
    this.touch();
  }

  tabs(): readonly Tab[] {
    const rights = this.#app.rights.rights$.value;
    const observing = this.#observing;
    return TABS.filter(({ page }) => page !== "things" && page !== "states" ? true : isOffered(DRAWERS[page], rights, observing)).map(
      (tab) => ({ ...tab, badge: tab.page === "chat" ? this.unread : "" }),
    );
  }

  page(now_ms: number): Page {
    return PAGES[this.#state.page](this.#desk(now_ms));
  }

  layOut(measure: Measure, now_ms: number): Sheet {
    // What is shown has been read.
    if (this.#state.page === "chat") this.#seen = this.#app.chat.chat$.value.at(-1) ?? null;
    const head = {
      title: this.#app.room.name,
      aside: peopleCount(this.#app.people.people$.value.length),
      bars: barsOf(this.#app.visit.connection$.value),
      close: () => this.#around.close(),
    };
    return layOutMenu(head, this.tabs(), this.page(now_ms), this.#state, (change) => this.go(change), measure);
  }

  layOutKeyboard(measure: Measure): Sheet | undefined {
    const keyboard = this.#keyboard;
    if (keyboard === null) return undefined;
    const then = (work: () => void) => {
      work();
      this.touch();
    };
    const hands = {
      letter: (letter: string) => then(() => keyboard.letter(letter)),
      holdLetter: (letter: string) => then(() => keyboard.holdLetter(letter)),
      relative: (letter: string) => then(() => keyboard.relative(letter)),
      command: (command: Command) => then(() => void this.#command(keyboard, command)),
    };
    return layOutKeyboard(keyboard, hands, measure);
  }

  async #command(keyboard: Keyboard, command: Command): Promise<void> {
    const ended = await keyboard.command(command);
    if (ended && this.#keyboard === keyboard) this.#keyboard = null;
    this.touch();
  }

  get #observing(): boolean {
    const phase = this.#app.visit.phase$.value;
    return !(phase.kind === "inside" && phase.mode === "enter");
  }

  #desk(now_ms: number): Desk {
    return {
      app: this.#app,
      state: this.#state,
      around: this.#around,
      now_ms,
      observing: this.#observing,
      writing: this.#keyboard?.writing ?? null,
      go: (change) => this.go(change),
      attempt: async (reply) => {
        const words = refusal(await reply);
        this.#state = { ...this.#state, refusal: words };
        this.touch();
        return words === null;
      },
      write: (writing) => this.#write(writing),
    };
  }

  /** What was begun for someone else goes on for the next. */
  #write(writing: Writing): void {
    const before = this.#keyboard;
    this.#keyboard = new Keyboard(writing);
    if (before?.writing.again === true && writing.again === true) this.#keyboard.text = before.text;
    this.touch();
  }

  /** What a page needs when it is come to. */
  #arrive(): void {
    const { page } = this.#state;
    this.#app.building.build$.next(this.#open && page === "things" && !this.#observing && can(this.#app.rights.rights$.value, "build"));
    if (this.#open && page === "states") void this.#app.states.refreshSnapshots();
  }

  /** Nobody is left on a page that has gone. */
  #stay(): void {
    if (!this.#open || this.tabs().some(({ page }) => page === this.#state.page)) return;
    this.go({ page: AT_FIRST.page });
  }

  /** What was being written of one thing is not for the next. */
  #forgetWriting(): void {
    if (this.#state.page === "things") this.#keyboard = null;
  }

  /** What was said since the chat was read, as a badge shows it. */
  get unread(): string {
    const self_id = this.#app.people.people$.value.find((person) => person.self)?.user_id ?? null;
    return unreadBadge(unreadCount(this.#app.chat.chat$.value, this.#seen, self_id, this.#app.people.relations$.value));
  }

  #changes() {
    const { people, rights, movement, chat, states, preferences, building, models, visit, voice } = this.#app;
    return merge(
      people.people$,
      people.relations$,
      rights.rights$,
      movement.rules$,
      chat.chat$,
      chat.unsent$,
      states.snapshots$,
      preferences.settings$,
      building.selection$,
      building.undoable.count$,
      building.asked$,
      models.offered$,
      visit.phase$,
      visit.admission$,
      visit.driver$,
      voice.microphone$,
      // Who speaks changes all the time, and is read on one page.
      voice.speakers$.pipe(filter(() => this.#open && this.#state.page === "people")),
      voice.choices.choices$,
      // Its numbers change every second: they are read on one page, which may be a little late.
      visit.connection$.pipe(map(barsOf), distinctUntilChanged()),
    );
  }
}

/** The bars of a connection; none while there is none. */
export function barsOf(connection: Connection): number {
  return connection.kind === "online" ? connection.bars : 0;
}
