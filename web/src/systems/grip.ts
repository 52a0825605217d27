/**
 * One hand of the visitor at work: what it takes follows it at once, and the room is asked; what it lets go of lies where it
 * was seen, or flies on as it was seen to move. Without a tracked hand things are held before the eyes.
 */
import type { ClientCore } from "../core/core-types";
import { THROW_MIN } from "../core/generated";
import type { HandName, Holding, Motion } from "../core/holding";
import type { RoomMovement } from "../core/movement_rules";
import type { Replica } from "../core/replica";
import { PLACE_FLOATS } from "../scene/rig";
import { keepWithin, placeOfMatrix, seenFrom } from "../scene/places";
import type { Stage } from "../scene/stage";
import { Edits } from "./edits";
import { Flight, wayThrough } from "./flight";
import { type Sockets, placeInSocket } from "./sockets";
import { AT_REST, Trail, weightOf } from "./throwing";

/** How near and how far from the hand something may lie in it, metres. */
export interface Span {
  readonly least_m: number;
  readonly most_m: number;
}

/** What was let go of and the room has not answered for; with a flight it is guessed how it flies. */
interface Leaving {
  /** It is simulated here, and told to the room. */
  readonly own: boolean;
  readonly flight: Flight | undefined;
}

export class Grip {
  readonly #core: ClientCore;
  readonly #replica: Replica;
  readonly #holding: Holding;
  readonly #hand: HandName;
  readonly #air: Pick<Stage, "solids" | "hasPlain">;
  readonly #movement: Pick<RoomMovement, "rules$">;
  readonly #sockets: Pick<Sockets, "nearest">;
  readonly #room = new Float32Array(PLACE_FLOATS);
  /** Where in the hand it lies. */
  readonly #place = new Float32Array(PLACE_FLOATS);
  readonly #edits = new Edits<Float32Array>();
  readonly #trail = new Trail();
  readonly #leaving = new Map<string, Leaving>();
  /** What was taken here and has not been let go of. */
  #taken: string | undefined;
  #node: HandName | "head" = "head";
  #socket = -1;

  constructor(
    core: ClientCore,
    replica: Replica,
    holding: Holding,
    hand: HandName,
    air: Pick<Stage, "solids" | "hasPlain">,
    movement: Pick<RoomMovement, "rules$">,
    sockets: Pick<Sockets, "nearest">,
  ) {
    this.#core = core;
    this.#replica = replica;
    this.#holding = holding;
    this.#hand = hand;
    this.#air = air;
    this.#movement = movement;
    this.#sockets = sockets;
  }

  /** What the hand has, whether or not the room has answered; from before a reload, too. */
  get thing(): string | undefined {
    const told = this.#holding.held$.value[this.#hand];
    return this.#taken ?? (told === null || this.#leaving.has(told) ? undefined : told);
  }

  /** The index of the socket into which what it has goes when it is put down; -1 for none. */
  get socket(): number {
    return this.#socket;
  }

  /** Takes a thing as it lies now, seen from where the hand is (a place in the room). */
  take(entity: string, node: HandName | "head", from: Float32Array, span: Span, now_ms: number): void {
    if (!this.#seen(entity)) return;
    this.#node = node;
    this.#lay(entity, from, span, 1, now_ms);
  }

  /** Draws what it has nearer (below 1) or pushes it farther away (above 1). */
  reach(factor: number, from: Float32Array, span: Span, now_ms: number): void {
    const entity = this.thing;
    if (entity === undefined || !this.#seen(entity)) return;
    this.#lay(entity, from, span, factor, now_ms);
  }

  /** Sends what could not be sent yet, and sees how the thing moves and what it has thrown flies; once a frame. */
  goOn(now_ms: number): void {
    if (this.#taken !== undefined) this.#send(this.#taken, now_ms);
    const { thing } = this;
    const seen = thing !== undefined && this.#seen(thing);
    if (seen) this.#trail.note(this.#room, now_ms);
    else this.#trail.clear();
    this.#socket = seen ? this.#nearestSocket(thing) : -1;
    this.fly(now_ms);
  }

  /** What it has thrown flies on; alone for a hand that is lost. */
  fly(now_ms: number): void {
    for (const [entity, { flight }] of this.#leaving) if (flight !== undefined) this.#core.show_placed(entity, flight.at(now_ms));
  }

  /** The thing came along with the visitor, who was put elsewhere: it was not swung. */
  carried(): void {
    this.#trail.clear();
  }

  /** Lets go of what it has: what may fly and moves, as it is seen to or as is said, is thrown; the rest is put down. */
  letGo(now_ms: number, motion: Motion = this.#trail.motion(now_ms)): void {
    const entity = this.thing;
    this.#taken = undefined;
    if (entity === undefined || !this.#seen(entity)) return;
    const weight = weightOf(this.#replica.components(entity));
    const thrown = weight !== undefined && Math.hypot(...motion.velocity) >= THROW_MIN;
    const socket = thrown ? -1 : this.#nearestSocket(entity);
    if (socket >= 0) return this.#insert(entity, socket);
    const { velocity, spin } = thrown ? motion : AT_REST;
    const own =
      weight !== undefined &&
      this.#core.throw_thing(entity, this.#room, Float32Array.from(velocity), Float32Array.from(spin), now_ms);
    const leaving = { own, flight: thrown && !own ? this.#flight(entity, weight, motion, now_ms) : undefined };
    this.#leaving.set(entity, leaving);
    this.#trail.clear();
    if (!own) this.#core.show_placed(entity, this.#room);
    const released = this.#holding.release(entity, this.#room, thrown ? motion : undefined);
    void released.then(({ ok }) => this.#answered(entity, leaving, ok));
  }

  #nearestSocket(entity: string): number {
    return this.#sockets.nearest(this.#replica.components(entity), this.#room, this.#replica, this.#core.matrices());
  }

  /** Puts what it has into a socket, and shows it there until the room answers. */
  #insert(entity: string, socket: number): void {
    const leaving = { own: false, flight: undefined };
    this.#socket = -1;
    this.#leaving.set(entity, leaving);
    this.#trail.clear();
    placeInSocket(socket, this.#replica, this.#core.matrices(), this.#room);
    this.#core.show_placed(entity, this.#room);
    const inserted = this.#holding.insert(entity, this.#replica.id(socket) ?? "");
    void inserted.then(({ ok }) => this.#answered(entity, leaving, ok));
  }

  /** How a thing flies that was seen to leave the hand now. */
  #flight(entity: string, weight: number, motion: Motion, now_ms: number): Flight {
    const way = wayThrough(this.#air, this.#replica.index(entity));
    const fall_m_s2 = weight * this.#movement.rules$.value.gravity_m_s2;
    return new Flight(this.#room, motion, fall_m_s2, now_ms, way);
  }

  /** Puts down what it has, however it moves. */
  putDown(now_ms: number): void {
    this.letGo(now_ms, AT_REST);
  }

  /** Shows a thing where the room has it, unless it has been taken again. */
  #answered(entity: string, leaving: Leaving, granted: boolean): void {
    if (this.#leaving.get(entity) !== leaving) return;
    this.#leaving.delete(entity);
    if (!leaving.own || !granted) this.#core.as_told(entity);
  }

  /** Has a thing that was just seen lie in the hand so far away. */
  #lay(entity: string, from: Float32Array, span: Span, factor: number, now_ms: number): void {
    seenFrom(from, this.#room, this.#place);
    for (let axis = 0; axis < 3; axis += 1) this.#place[axis] = (this.#place[axis] ?? 0) * factor;
    keepWithin(this.#place, span.least_m, span.most_m);
    this.#taken = entity;
    this.#leaving.delete(entity);
    this.#trail.clear();
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
