/**
 * Holding: what the visitor has in their hands, as the room says, and asking it to take, to hand over, to use, to
 * resize and to let go.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import { ASK_MS } from "./generated";
import type { JsonObject } from "./json";
import { member, text } from "./json";
import type { Wishes } from "./wishes";

export type HandName = "left" | "right";
/** What is in each hand. */
export type Held = { readonly [hand in HandName]: string | null };

/** Somebody asks for what the visitor holds. */
export interface Question {
  readonly entity: string;
  readonly user_id: string;
  readonly at_ms: number;
}

type Axes = readonly [number, number, number];

/** How something moves, in the room's axes: m/s, and rad/s as axis times speed (its rotation becomes `exp(spin t / 2) rotation`). */
export interface Motion {
  readonly velocity: Axes;
  readonly spin: Axes;
}

const NOTHING: Held = { left: null, right: null };

export class Holding {
  readonly held$ = new BehaviorSubject<Held>(NOTHING);
  /** The newest question to the visitor; null once answered. */
  readonly question$ = new BehaviorSubject<Question | null>(null);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  /** Learns from the visitor's own components what they hold. */
  learn(components: JsonObject | undefined): void {
    const holding = components?.["holding"];
    const held = { left: text(member(holding, "left")) ?? null, right: text(member(holding, "right")) ?? null };
    const { left, right } = this.held$.value;
    if (held.left !== left || held.right !== right) this.held$.next(held);
  }

  /** Takes a thing so that it lies at a place (seven numbers) in the hand, or in the head's view where that is not tracked. */
  grab(entity: string, hand: HandName, place: Float32Array): Promise<Reply> {
    return this.#wishes.command("grab", { entity, hand, offset: placed(place) });
  }

  /** Lets go of a thing at a place in the room; with a flight it is thrown. */
  release(entity: string, place: Float32Array, flight?: Motion): Promise<Reply> {
    const thrown = flight && { velocity: flight.velocity.map(fine), spin: flight.spin.map(fine) };
    return this.#wishes.command("release", { entity, ...placed(place), ...thrown });
  }

  /** Puts a thing into a socket. */
  insert(entity: string, socket: string): Promise<Reply> {
    return this.#wishes.command("insert", { entity, socket });
  }

  /** Sets off a thing that can be triggered; a continuous one with how far it is pulled, 0 to 1. */
  trigger(entity: string, value?: number): Promise<Reply> {
    return this.#wishes.command("trigger", value === undefined ? { entity } : { entity, value });
  }

  /** Makes what is held so large: factors of its shape. */
  resize(entity: string, scale: Axes): Promise<Reply> {
    return this.#wishes.command("resize", { entity, scale: scale.map(fine) });
  }

  /** Gives what is asked for, if somebody asks still. */
  handOver(now_ms: number): void {
    const question = this.question$.value;
    this.question$.next(null);
    if (question === null || now_ms - question.at_ms > ASK_MS) return;
    void this.#wishes.command("hand_over", { entity: question.entity });
  }
}

function placed([x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1]: Float32Array): JsonObject {
  return { position: [x, y, z].map(fine), rotation: [qx, qy, qz, qw].map(fine) };
}

/** Tenths of a millimetre: finer than anyone sees. */
function fine(part: number): number {
  return Math.round(part * 1e4) / 1e4;
}
