/**
 * The visit as people see it: where the page is in its life, how the room lets one in, how good the line is. What is
 * wished of it goes to the session, which writes what becomes of it.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import type { Connection } from "./connection";
import type { Wishes } from "./wishes";

/** Where the page is in its life. */
export type Phase =
  | { readonly kind: "lobby" }
  | { readonly kind: "entering"; readonly mode: Mode }
  | { readonly kind: "inside"; readonly mode: Mode }
  | { readonly kind: "left" }
  /** Not even a spectator fits in: tried again by itself, or by a button. `mode` is what was asked for. */
  | {
      readonly kind: "full";
      readonly mode: Mode | "preview";
      readonly load: RoomLoad | null;
      readonly next_try_ms: number;
      readonly trying: boolean;
    }
  | { readonly kind: "failed"; readonly title: string; readonly detail: string; readonly action: "reload" | "rooms" };

export type Mode = "enter" | "observe";

/** How far the room's code is on its way; 0 of 0 while that is not known. */
export interface Loading {
  readonly done_bytes: number;
  readonly total_bytes: number;
}

/** How full a room is: people have an avatar, peers are all connections, spectators included. */
export interface RoomLoad {
  readonly people: number;
  readonly peers: number;
  readonly people_max: number;
  readonly peers_max: number;
}

/** How the room let this visitor in, or when it will. */
export interface Admission {
  /** Others before this visitor while a join waits its turn; null when it does not. */
  readonly ahead: number | null;
  /** True for a spectator who asked to enter: the room was full of people. */
  readonly crowded: boolean;
  /** People the room takes; null while it does not say. */
  readonly people_max: number | null;
}

export class Visit {
  readonly phase$ = new BehaviorSubject<Phase>({ kind: "lobby" });
  /** Null once the room is seen; the lobby is there long before. */
  readonly loading$ = new BehaviorSubject<Loading | null>({ done_bytes: 0, total_bytes: 0 });
  readonly connection$ = new BehaviorSubject<Connection>({ kind: "connecting" });
  readonly admission$ = new BehaviorSubject<Admission>({ ahead: null, crowded: false, people_max: null });
  /** True when this tab drives the avatar; false offers "Continue here". */
  readonly driver$ = new BehaviorSubject<boolean>(true);
  /** False while the browser has no graphics to draw the room with. */
  readonly pictured$ = new BehaviorSubject(true);
  readonly #wishes: Wishes;
  #in_room = false;
  #asked: Mode | undefined;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
    this.phase$.subscribe(({ kind }) => {
      if (kind !== "entering") this.#in_room = kind === "inside";
    });
  }

  get inside(): boolean {
    return this.phase$.value.kind === "inside";
  }

  /** True inside, and while someone who watches waits to enter: they go on watching. */
  get inRoom(): boolean {
    return this.#in_room;
  }

  /** True for who has an avatar here and moves it from this tab. */
  get acts(): boolean {
    const phase = this.phase$.value;
    return phase.kind === "inside" && phase.mode === "enter" && this.driver$.value;
  }

  /** How somebody wished to go in before there was anyone to ask. */
  get asked(): Mode | undefined {
    return this.#asked;
  }

  /** Goes in; who cannot wait for the room's code goes in as soon as it is there. */
  enter(mode: Mode): void {
    const { port } = this.#wishes;
    if (port !== undefined) return port.enter(mode);
    if (this.phase$.value.kind !== "lobby") return;
    this.#asked = mode;
    this.phase$.next({ kind: "entering", mode });
  }

  /** Before a full room: tries now instead of later. */
  tryAgain(): void {
    this.#wishes.port?.tryAgain();
  }

  leave(): void {
    this.#wishes.port?.leave();
  }

  continueHere(): Promise<Reply> {
    return this.#wishes.command("drive", {});
  }
}
