/** Whether a line of voices is wanted, and since which visit. Pure. */
import type { Connection } from "../core/connection";
import type { Phase } from "../core/visit";

/** What of the visit it depends on. */
export interface VisitFacts {
  readonly phase: Phase["kind"];
  readonly mode: "enter" | "observe" | null;
  readonly connection: Connection["kind"];
  /** False when another tab drives the avatar: one hears there. Who watches drives none. */
  readonly driver: boolean;
}

/** `begin` a line, or begin it anew; `keep` what is; `end` it, telling the room of it if it listens. */
export type Wanted = "begin" | "keep" | "end";

/** Follows a visit from one state to the next. */
export class LineWish {
  #for: string | undefined;
  #lost = false;

  see({ phase, mode, connection, driver }: VisitFacts): Wanted {
    // Who watches and waits to enter goes on hearing.
    if (phase === "entering" && this.#for !== undefined) return "keep";
    if (phase !== "inside" || mode === null || (mode === "enter" && !driver)) {
      const had = this.#for !== undefined;
      this.#for = undefined;
      return had ? "end" : "keep";
    }
    if (connection !== "online") {
      this.#lost ||= connection === "reconnecting";
      return "keep";
    }
    // The room knows a line by its connection: another one, or another way to take part, has none yet.
    const anew = this.#lost || this.#for !== mode;
    this.#lost = false;
    this.#for = mode;
    return anew ? "begin" : "keep";
  }
}
