/**
 * How the room lets this visitor in: at once, after others, as a spectator because it is crowded, or not yet.
 *
 *   lobby ──enter──▶ entering ──joined, ready──▶ inside (as what the room says)
 *     ▲                 │ full                      │ full (after a loss)
 *     └──ready (preview)┴───────▶ full ◀────────────┘     full ──ready──▶ what was asked for
 *
 * Owns these phases and the waiting before a full room. Must not know core or link: it is told, and knocks.
 */
import type { CoreEvent } from "./core-types";
import { Doorway } from "./doorway";
import type { RoomApp } from "./room-app";
import type { Admission, Mode, RoomLoad } from "./visit";

export class Admissions {
  readonly #app: RoomApp;
  readonly #doorway: Doorway;
  readonly #knock: () => void;
  /** How the room took us in last. */
  #mode: Mode = "observe";

  constructor(app: RoomApp, chance: () => number, knock: () => void) {
    this.#app = app;
    this.#knock = knock;
    this.#doorway = new Doorway(chance, () => this.tryNow());
  }

  /** A join waits its turn. */
  queued(ahead: number): void {
    this.#tell({ ahead });
  }

  /** The connection was lost while waiting or inside: nobody is ahead of someone who is not there. */
  lost(): void {
    this.#tell({ ahead: null });
  }

  joined(event: Extract<CoreEvent, { type: "joined" }>): void {
    this.#doorway.opened();
    if (event.mode !== "preview") this.#mode = event.mode;
    this.#tell({ ahead: null, crowded: event.crowded === true, people_max: event.people_max ?? null });
  }

  /** The room is here: inside is whoever asked to be, as what the room took them in. */
  ready(): void {
    const phase = this.#app.visit.phase$.value;
    const mode = this.#mode;
    switch (phase.kind) {
      case "entering":
        return this.#app.visit.phase$.next({ kind: "inside", mode });
      case "full":
        return this.#app.visit.phase$.next(phase.mode === "preview" ? { kind: "lobby" } : { kind: "inside", mode });
      case "inside":
        // After a loss someone may find their place taken, or one free.
        if (phase.mode === mode) return;
        if (mode === "observe") this.#app.building.build$.next(false);
        return this.#app.visit.phase$.next({ kind: "inside", mode });
      default:
        return;
    }
  }

  /** Not even a spectator fits in. */
  full(load: RoomLoad | null): void {
    const phase = this.#app.visit.phase$.value;
    const asked = phase.kind === "entering" || phase.kind === "inside" || phase.kind === "full" ? phase.mode : "preview";
    this.#tell({ ahead: null, crowded: false });
    const next_try_ms = Date.now() + this.#doorway.wait();
    this.#app.visit.phase$.next({ kind: "full", mode: asked, load, next_try_ms, trying: false });
  }

  /** Knocks at a full room. */
  tryNow(): void {
    const phase = this.#app.visit.phase$.value;
    if (phase.kind !== "full" || phase.trying) return;
    this.#doorway.stop();
    this.#app.visit.phase$.next({ ...phase, trying: true });
    this.#knock();
  }

  /** The visit ends or pauses. */
  stop(): void {
    this.#doorway.stop();
    if (this.#app.visit.admission$.value.ahead !== null) this.#tell({ ahead: null });
  }

  #tell(change: Partial<Admission>): void {
    this.#app.visit.admission$.next({ ...this.#app.visit.admission$.value, ...change });
  }
}
