/**
 * Two hands on one thing: while the empty hand is closed at what the other holds, that grows as they part and shrinks as they
 * come together.
 */
import type { Hand } from "../scene/rig";
import type { Grip } from "../systems/grip";
import { boxDistance } from "../systems/holdables";
import { Scaling, isScalable } from "../systems/scaling";
import type { HeadsetContext } from "./frame";
import { TICK } from "./haptics";

/** Hands nearer to each other than this count as so far apart, metres: from nothing, everything is endlessly far. */
const APART_MIN_M = 0.02;
/** Tracked hands tremble: less than this, a share of how far they are apart, changes nothing. */
const TREMBLE = 0.005;

/** A hand and what it has. */
interface Holder {
  readonly hand: Hand;
  readonly grip: Pick<Grip, "thing">;
}

/** Both hands are at a thing. */
interface Joined {
  readonly entity: string;
  readonly first: Holder;
  readonly second: Hand;
  /** How far apart the hands were at the beginning, metres. */
  readonly apart_m: number;
  factor: number;
}

export class TwoHands {
  readonly #context: HeadsetContext;
  readonly #scaling: Scaling;
  /** none ──the empty hand closes at what the other holds──▶ joined ──either hand lets go of it──▶ none */
  #joined: Joined | undefined;

  constructor(context: HeadsetContext) {
    const { app, core, replica, stage } = context;
    this.#context = context;
    this.#scaling = new Scaling(core, replica, app.holding, stage.props);
  }

  /** The hand that does nothing else, because it is at what the other holds. */
  get second(): Hand | undefined {
    return this.#joined?.second;
  }

  /** An empty hand closes at a place in the room: true when that is within reach of what the other holds. */
  join(first: Holder, second: Hand, place: Float32Array, reach_m: number): boolean {
    const { thing } = first.grip;
    if (thing === undefined || !first.hand.tracked) return false;
    if (!this.#isWithin(thing, place, reach_m)) return false;
    this.#joined = { entity: thing, first, second, apart_m: apart(first.hand, second), factor: 1 };
    this.#scaling.begin(thing, this.#context.clock.now_ms);
    this.#feel(second);
    return true;
  }

  /** Follows the hands; once a frame. */
  step(): void {
    if (this.#joined !== undefined) this.#follow(this.#joined);
    this.#scaling.goOn(this.#context.clock.now_ms);
  }

  /** The second hand opens, or the first is about to: the thing stays as large as it is. */
  part(): void {
    if (this.#joined === undefined) return;
    this.#scaling.end(this.#context.clock.now_ms);
    this.#feel(this.#joined.second);
    this.#joined = undefined;
  }

  /** The headset is taken off. */
  leave(): void {
    this.#joined = undefined;
    this.#scaling.leave(this.#context.clock.now_ms);
  }

  #follow(joined: Joined): void {
    const { entity, first, second, apart_m } = joined;
    if (first.grip.thing !== entity) {
      this.#scaling.forget();
      return this.part();
    }
    // Until a hand that is lost comes back, nothing changes.
    if (!first.hand.tracked || !second.tracked) return;
    const factor = apart(first.hand, second) / apart_m;
    if (Math.abs(factor / joined.factor - 1) < TREMBLE) return;
    joined.factor = factor;
    this.#scaling.by(factor, this.#context.clock.now_ms);
  }

  #isWithin(thing: string, place: Float32Array, reach_m: number): boolean {
    const { core, replica, stage } = this.#context;
    const index = replica.index(thing);
    const half = stage.props.half(index);
    if (half === undefined || !isScalable(replica.components(thing))) return false;
    const [x = 0, y = 0, z = 0] = place;
    return boxDistance(core.matrices(), index * 16, half, x, y, z) <= reach_m;
  }

  #feel(hand: Hand): void {
    this.#context.haptics.feel(hand, TICK, this.#context.clock.now_ms);
  }
}

/** How far apart two hands are, metres. */
function apart({ place: [ax = 0, ay = 0, az = 0] }: Hand, { place: [bx = 0, by = 0, bz = 0] }: Hand): number {
  return Math.max(APART_MIN_M, Math.hypot(ax - bx, ay - by, az - bz));
}
