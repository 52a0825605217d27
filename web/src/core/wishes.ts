/**
 * What a visitor wishes of the room, on its way to whoever fulfils it: the session, once there is one.
 *
 * Must not know core, sockets or Babylon. Every feature that acts on the room is given these.
 */
import { BehaviorSubject } from "rxjs";
import { type Reply, refused } from "./commands";
import { type Hud, refusalWords } from "./hud";
import type { JsonObject } from "./json";
import type { Mode } from "./visit";
import { wellFormedJson } from "./writing";

/** What the session does for the features; before the core is loaded there is none. */
export interface Port {
  enter(mode: Mode): void;
  tryAgain(): void;
  leave(): void;
  command(name: string, payload: JsonObject): Promise<Reply>;
  components(entity: string): JsonObject | undefined;
  dispose(): void;
}

export class Wishes {
  /** How many commands have no answer yet. */
  readonly unanswered$ = new BehaviorSubject(0);
  readonly #hud: Hud;
  #port: Port | undefined;

  constructor(hud: Hud) {
    this.#hud = hud;
  }

  /** Connects the wishes to whoever fulfils them. */
  attach(port: Port): void {
    this.#port = port;
  }

  get port(): Port | undefined {
    return this.#port;
  }

  /**
   * Sends a command and resolves with its reply; it is sent again by itself after a reconnect. A refusal is also said on
   * the HUD, in plain words.
   */
  async command(name: string, payload: JsonObject): Promise<Reply> {
    const reply = await this.ask(name, payload);
    if (!reply.ok && reply.reason !== "left" && reply.reason !== "not_entered") this.#hud.warn(refusalWords(reply.reason, reply.detail));
    return reply;
  }

  /** The same, for who tells of a refusal in a place of their own. */
  async ask(name: string, payload: JsonObject): Promise<Reply> {
    this.#count(1);
    return await this.inquire(name, payload).finally(() => this.#count(-1));
  }

  /** The same for what nobody did, such as questions about the line itself: it is nothing that waits to be sent. */
  async inquire(name: string, payload: JsonObject): Promise<Reply> {
    return this.#port === undefined ? refused("not_entered") : await this.#port.command(name, wellFormedJson(payload));
  }

  #count(change: number): void {
    this.unanswered$.next(this.unanswered$.value + change);
  }
}
