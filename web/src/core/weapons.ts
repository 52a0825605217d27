/** What one asks of the room with a weapon: shooting, loading, changing, putting down. How often is `arms`' business. */
import type { Reply } from "./commands";
import type { Hud } from "./hud";
import { refusalWords } from "./hud";
import type { Wishes } from "./wishes";

type Point = readonly [number, number, number];

/** Refusals of shots that somebody can do something about, or wonders at: each is told once a visit. All others are of no use. */
const TOLD = new Set(["blocked", "not_there", "too_many_shots", "no_weapon"]);

export class Weapons {
  readonly #wishes: Wishes;
  readonly #hud: Hud;
  readonly #told = new Set<string>();

  constructor(wishes: Wishes, hud: Hud) {
    this.#wishes = wishes;
    this.#hud = hud;
  }

  /** Shoots; `at` is the room's clock as others were drawn. Nobody waits for the answer. */
  async shoot(origin: Point, direction: Point, at: number): Promise<Reply> {
    const reply = await this.#wishes.inquire("shoot", { origin, direction, at });
    if (!reply.ok && TOLD.has(reply.reason) && !this.#told.has(reply.reason)) {
      this.#told.add(reply.reason);
      this.#hud.warn(refusalWords(reply.reason, reply.detail));
    }
    return reply;
  }

  /** A full one, or one that is being loaded, is nothing to tell of. */
  reload(): Promise<Reply> {
    return this.#wishes.inquire("reload", {});
  }

  switchTo(weapon: string): Promise<Reply> {
    return this.#wishes.inquire("switch_weapon", { weapon });
  }

  drop(): Promise<Reply> {
    return this.#wishes.command("drop_weapon", {});
  }
}
