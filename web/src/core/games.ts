/**
 * Things of games: asking the room to open and close doors and to pick things up, and whether the visitor has died.
 */
import type { Reply } from "./commands";
import type { JsonObject } from "./json";
import type { Wishes } from "./wishes";

export class Games {
  readonly #wishes: Wishes;
  #dead = false;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  /** Whether the visitor has died and is not back yet. */
  get dead(): boolean {
    return this.#dead;
  }

  /** What the room says of the visitor; once a frame. */
  learn(components: JsonObject | undefined): void {
    this.#dead = components?.["dead"] !== undefined;
  }

  open(entity: string): Promise<Reply> {
    return this.#wishes.command("open", { entity });
  }

  close(entity: string): Promise<Reply> {
    return this.#wishes.command("close", { entity });
  }

  collect(entity: string): Promise<Reply> {
    return this.#wishes.command("collect", { entity });
  }
}
