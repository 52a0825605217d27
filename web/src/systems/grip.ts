/**
 * One hand of the visitor at work: what it takes follows it at once, and the room is asked; what it lets go of lies where it
 * was seen. Without a tracked hand things are held before the eyes.
 */
import type { ClientCore } from "../core/core-types";
import type { HandName, Holding } from "../core/holding";
import type { Replica } from "../core/replica";
import { PLACE_FLOATS } from "../scene/rig";
import { keepWithin, placeOfMatrix, seenFrom } from "../scene/places";
import { Edits } from "./edits";

/** How near and how far from the hand something may lie in it, metres. */
export interface Span {
  readonly least_m: number;
  readonly most_m: number;
}

export class Grip {
  readonly #core: ClientCore;
  readonly #replica: Replica;
  readonly #holding: Holding;
  readonly #hand: HandName;
  readonly #room = new Float32Array(PLACE_FLOATS);
  /** Where in the hand it lies. */
  readonly #place = new Float32Array(PLACE_FLOATS);
  readonly #edits = new Edits<Float32Array>();
  /** What was taken here and has not been let go of. */
  #taken: string | undefined;
  #node: HandName | "head" = "head";

  constructor(core: ClientCore, replica: Replica, holding: Holding, hand: HandName) {
    this.#core = core;
    this.#replica = replica;
    this.#holding = holding;
    this.#hand = hand;
  }

  /** What the hand has, whether or not the room has answered; from before a reload, too. */
  get thing(): string | undefined {
    return this.#taken ?? this.#holding.held$.value[this.#hand] ?? undefined;
  }

  /** Takes a thing as it lies now, seen from where the hand is (a place in the room). */
  take(entity: string, node: HandName | "head", from: Float32Array, span: Span, now_ms: number): void {
    if (!this.#seen(entity)) return;
    this.#node = node;
    seenFrom(from, this.#room, this.#place);
    keepWithin(this.#place, span.least_m, span.most_m);
    this.#taken = entity;
    this.#hold(now_ms);
  }

  /** Draws what it has nearer (below 1) or pushes it farther away (above 1). */
  reach(factor: number, from: Float32Array, span: Span, now_ms: number): void {
    const entity = this.thing;
    if (entity === undefined || !this.#seen(entity)) return;
    seenFrom(from, this.#room, this.#place);
    for (let axis = 0; axis < 3; axis += 1) this.#place[axis] = (this.#place[axis] ?? 0) * factor;
    keepWithin(this.#place, span.least_m, span.most_m);
    this.#taken = entity;
    this.#hold(now_ms);
  }

  /** Sends what could not be sent yet; once a frame. */
  goOn(now_ms: number): void {
    if (this.#taken !== undefined) this.#send(this.#taken, now_ms);
  }

  /** Puts down what it has. */
  letGo(): void {
    const entity = this.thing;
    this.#taken = undefined;
    if (entity === undefined || !this.#seen(entity)) return;
    this.#core.show_placed(entity, this.#room);
    void this.#holding.release(entity, this.#room).then(() => this.#core.as_told(entity));
  }

  #hold(now_ms: number): void {
    const entity = this.#taken;
    if (entity === undefined) return;
    this.#core.show_held(entity, this.#node, this.#place);
    this.#edits.put(this.#place.slice());
    this.#send(entity, now_ms);
  }

  #send(entity: string, now_ms: number): void {
    const place = this.#edits.take(now_ms, false);
    if (place === undefined) return;
    void this.#holding.grab(entity, this.#hand, place).then(({ ok }) => {
      const settled = this.#edits.answered();
      if (ok && !settled) return;
      // Let go of meanwhile, it is shown where it was put until the room answers to that.
      if (this.#taken === entity) this.#core.as_told(entity);
      if (this.#taken === entity) this.#taken = undefined;
    });
  }

  /** Reads where a thing is shown now. */
  #seen(entity: string): boolean {
    const index = this.#replica.index(entity);
    if (index < 0) return false;
    placeOfMatrix(this.#core.matrices(), index * 16, this.#room);
    return true;
  }
}
