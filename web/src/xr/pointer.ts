/**
 * Where a hand points and whether it presses: a ray in the room, and a trigger or a pinch with its edges.
 *
 * The systems of a headset's frame ask it in their order: who comes first and uses the ray takes it, and with it the
 * press (`take`); who comes later leaves a taken one alone. Pure; makes no garbage.
 */
import { type Hand, PLACE_FLOATS, type Rig } from "../scene/rig";

/** A trigger pressed this far, of its way, presses; let go this far it does not any more. */
const PRESSED_FROM = 0.6;
const PRESSED_UNTIL = 0.4;
/** Nothing is hit. */
const NOTHING_M = Number.POSITIVE_INFINITY;

export class Pointer {
  /** Whether there is a ray; without one the rest means nothing. */
  aims = false;
  /** Where the ray begins and its unit direction, in the room. */
  readonly origin: [number, number, number] = [0, 0, 0];
  readonly direction: [number, number, number] = [0, 0, 1];
  /** A press begins in this frame, goes on, ends in this frame. One whose hand is lost never ends: it is given up. */
  pressed = false;
  held = false;
  released = false;
  /** Someone uses ray and press of this frame. */
  taken = false;
  /** How far it is to what the taker shows, metres; infinite for nothing. */
  hit_m = NOTHING_M;
  /** The hand that points, to let it feel something. */
  hand: Hand | undefined;
  readonly #place = new Float32Array(PLACE_FLOATS);
  /** What was down when the hand came does not press: it was meant for something else. */
  #armed = false;

  /** Begins a frame: nobody has taken it yet. */
  read(rig: Rig, hand: Hand): void {
    const [same, was_held] = [this.hand === hand && this.aims, this.held];
    this.hand = hand;
    this.aims = hand.aims;
    this.taken = this.pressed = this.held = this.released = false;
    this.hit_m = NOTHING_M;
    if (!same) this.#armed = false;
    if (!this.aims) return;
    this.#point(rig.toRoom(hand.aim, this.#place));
    const down = hand.pinched || (hand.pressed[0] ?? 0) > (was_held ? PRESSED_UNTIL : PRESSED_FROM);
    this.pressed = down && this.#armed && !was_held;
    this.held = down && this.#armed;
    this.released = same && was_held && !down;
    this.#armed ||= !down;
  }

  /** Uses the ray, which ends at what it hits `hit_m` metres away, and the press. */
  take(hit_m: number): void {
    this.taken = true;
    this.hit_m = hit_m;
  }

  #point([x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1]: Float32Array): void {
    this.origin[0] = x;
    this.origin[1] = y;
    this.origin[2] = z;
    this.direction[0] = 2 * (qx * qz + qw * qy);
    this.direction[1] = 2 * (qy * qz - qw * qx);
    this.direction[2] = 1 - 2 * (qx * qx + qy * qy);
  }
}
