/**
 * What lies about to be picked up and has no form of its own: drawn, pointed at, and gone while somebody has taken it. Things with a
 * form are hidden meanwhile.
 */
import { type GunKind, type PickUp, gunKindOf, namedColor, pickUpOf } from "../../core/guns";
import { type JsonObject, member, number, text } from "../../core/json";
import { type Change, isGone } from "../../core/replica";
import type { ArenaScene } from "../../scene/arena/arena";
import { rgb } from "../../scene/looks";
import type { Vector } from "../../scene/matrix";
import type { Context } from "../context";

/** It is pointed at as a ball of this radius, metres. */
const GRIP: Vector = [0.42, 0.42, 0.42];
/** What gives a thing a form. */
const FORMS = ["shape", "model", "text"] as const;

interface Floating {
  readonly what: GunKind | PickUp;
  readonly color: Vector | undefined;
  /** It has a form of its own: it is only hidden and shown. */
  readonly form: boolean;
  readonly components: JsonObject;
  /** Until when it is taken, on the room's clock, milliseconds. */
  readonly until_ms: number;
  /** Whether it is drawn and pointed at now; undefined where that is to be seen to. */
  shown: boolean | undefined;
  /** Somebody has taken it. */
  taken: boolean;
  /** Since when it is there. */
  since_ms: number;
}

export class FloatingThings {
  readonly #context: Context;
  readonly #scene: ArenaScene;
  readonly #things = new Map<number, Floating>();

  constructor(context: Context, scene: ArenaScene) {
    this.#context = context;
    this.#scene = scene;
  }

  get size(): number {
    return this.#things.size;
  }

  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (isGone(change)) this.#things.delete(change.index);
      else if (change.record !== undefined) this.#put(change.index, change.record.components, change.fresh);
    }
  }

  /** Draws them; true when any is in the picture. */
  draw(room_ms: number): boolean {
    const { core, stage, clock } = this.#context;
    const matrices = core.matrices();
    let seen = false;
    for (const [index, thing] of this.#things) {
      const there = thing.until_ms <= room_ms;
      if (there !== thing.shown) this.#turn(index, thing, there, matrices);
      if (!there || thing.form) continue;
      const at = index * 16 + 12;
      const age_ms = clock.now_ms - thing.since_ms;
      seen = this.#scene.guns.float(thing.what, matrices[at] ?? 0, matrices[at + 1] ?? 0, matrices[at + 2] ?? 0, clock.now_ms, age_ms, thing.color) || seen;
    }
    if (seen) stage.murmur();
    return seen;
  }

  #put(index: number, components: JsonObject, fresh: boolean): void {
    const before = fresh ? undefined : this.#things.get(index);
    const { collectable, gun } = components;
    if ((collectable === undefined || collectable === false) && (gun === undefined || gun === false)) {
      this.#things.delete(index);
      return;
    }
    const form = FORMS.some((name) => components[name] !== undefined);
    const what = gun === undefined || gun === false ? pickUpOf(collectable) : gunKindOf(gun);
    const color = rgb(components["color"]) ?? namedColor(text(member(collectable, "item")) ?? "");
    const until_ms = number(member(components["taken"], "until")) ?? -Infinity;
    const since_ms = before?.since_ms ?? this.#context.clock.now_ms;
    // The entities have just drawn anew what has a form, and forgotten what has none.
    this.#things.set(index, { what, color, form, components, until_ms, shown: form ? true : undefined, taken: before?.taken ?? false, since_ms });
  }

  /** It is taken, or back. */
  #turn(index: number, thing: Floating, there: boolean, matrices: Float32Array): void {
    const { stage, clock } = this.#context;
    if (there && thing.taken) thing.since_ms = clock.now_ms;
    thing.shown = there;
    thing.taken = !there;
    stage.stir();
    if (thing.form) {
      if (there) stage.props.put(index, thing.components, matrices);
      else stage.props.remove(index);
    } else if (there) stage.solids.put(index, "sphere", 0, GRIP, false, matrices, index * 16);
    else stage.solids.remove(index);
  }
}
