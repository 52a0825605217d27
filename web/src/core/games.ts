/** Things of games: asking the room to open and close doors and to pick things up. How one fares is in `vitals`. */
import type { Reply } from "./commands";
import { Pickups } from "./pickups";
import type { OwnVitals } from "./vitals";
import type { Wishes } from "./wishes";

export class Games {
  /** What is picked up by being touched. */
  readonly pickups: Pickups;
  readonly #wishes: Wishes;

  constructor(wishes: Wishes, { vitals$ }: OwnVitals) {
    this.#wishes = wishes;
    this.pickups = new Pickups((entity) => wishes.ask("collect", { entity }), vitals$);
  }

  open(entity: string): Promise<Reply> {
    return this.#wishes.command("open", { entity });
  }

  close(entity: string): Promise<Reply> {
    return this.#wishes.command("close", { entity });
  }

  /** One is ready for the game to begin, or not any more. */
  ready(ready: boolean): void {
    void this.#wishes.command("ready", { ready });
  }

  collect(entity: string): Promise<Reply> {
    return this.#wishes.command("collect", { entity });
  }
}
