/**
 * Sitting: on what the visitor sits, as the room says, and asking it to sit down or stand up.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import type { Wishes } from "./wishes";

export class Seating {
  /** The seat the visitor is on; null while they stand. */
  readonly seat$ = new BehaviorSubject<string | null>(null);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  sit(entity: string): Promise<Reply> {
    return this.#wishes.command("sit", { entity });
  }

  stand(): Promise<Reply> {
    return this.#wishes.command("stand", {});
  }
}
