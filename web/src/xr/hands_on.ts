/**
 * Hands on panels: the pointing hand's ray, and the tips of both hands, each frame on whatever panel they meet.
 *
 * Owns who presses what. Must not know what panels are for.
 */
import { toRoom } from "../scene/hands";
import { type Hand, PLACE_FLOATS, type Rig } from "../scene/rig";
import type { Haptics, Pulse } from "./haptics";
import { Fingertip, NEAR_M, type Felt, Presses } from "./panel/presses";
import type { Surface as Panel } from "./panel/surface";
import type { Pointer } from "./pointer";

/** The tip of the index finger among the joints of a hand, in WebXR's order. */
const INDEX_TIP = 9;
/** How pressing, and pointing at something else, feel. */
const FELT: { readonly [felt in "press" | "hover"]: Pulse } = { press: { strength: 0.6, ms: 20 }, hover: { strength: 0.15, ms: 8 } };

/** What is known here of a panel. */
export type Surface = Pick<Panel, "place" | "sheet" | "shown" | "light">;

/** A panel that hands may be on. */
export interface Reachable {
  readonly surface: Surface;
  /** Its place is told in the rig's frame. */
  readonly in_rig: boolean;
  /** The hand that carries it cannot touch it. */
  carrier: Hand | undefined;
}

/** A hand's tip. */
class Tip {
  readonly presses = new Presses();
  readonly fingers = new Map<Surface, Fingertip>();
  /** In the rig's frame and in the room. */
  readonly rig = new Float32Array(PLACE_FLOATS);
  readonly point = this.rig.subarray(0, 3);
  readonly room = new Float32Array(PLACE_FLOATS);
  known = false;
  /** The panel it is at. */
  at: Surface | undefined;
  /** It is about to touch: the ray of its hand waits. */
  near = false;
}

export class HandsOn {
  readonly #haptics: Haptics;
  readonly #ray = new Presses();
  readonly #left = new Tip();
  readonly #right = new Tip();
  readonly #aim: [number, number, number] = [0, 0, 1];
  readonly #from: [number, number, number] = [0, 0, 0];
  /** How far away the panel is that the ray met, metres. */
  #met_m = 0;
  /** Where the ray is, and where its press began. */
  #pointed: Surface | undefined;
  #grabbed: Surface | undefined;

  constructor(haptics: Haptics) {
    this.#haptics = haptics;
  }

  step(panels: readonly Reachable[], pointer: Pointer, rig: Rig, now_ms: number): void {
    this.#touch(this.#left, panels, rig.left, rig, now_ms);
    this.#touch(this.#right, panels, rig.right, rig, now_ms);
    this.#point(panels, pointer, rig, now_ms);
    for (const { surface } of panels) {
      surface.light(
        this.#pointed === surface ? this.#ray.hovered : "",
        this.#left.at === surface ? this.#left.presses.hovered : "",
        this.#right.at === surface ? this.#right.presses.hovered : "",
      );
    }
  }

  #point(panels: readonly Reachable[], pointer: Pointer, rig: Rig, now_ms: number): void {
    const { hand } = pointer;
    const busy = hand !== undefined && (hand === rig.left ? this.#left : this.#right).near;
    const met = pointer.aims && hand !== undefined && !busy ? this.#meet(panels, pointer, hand) : undefined;
    if (pointer.pressed) this.#grabbed = met;
    const surface = pointer.held && met !== this.#grabbed ? undefined : met;
    this.#pointed = surface;
    const { u, v } = surface?.place ?? NOWHERE;
    this.#feel(hand, this.#ray.step(surface?.sheet, u, v, pointer.pressed, pointer.held, now_ms), now_ms);
    // A press that began on a panel belongs to it until it ends.
    if (surface !== undefined) pointer.take(this.#met_m);
    else if (busy || (pointer.held && this.#grabbed !== undefined)) pointer.take(Number.POSITIVE_INFINITY);
    if (!pointer.held) this.#grabbed = undefined;
  }

  /** The nearest panel on the way of the ray. */
  #meet(panels: readonly Reachable[], pointer: Pointer, hand: Hand): Surface | undefined {
    aimOf(hand, this.#from, this.#aim);
    this.#met_m = Infinity;
    let met: Surface | undefined;
    for (const { surface, carrier, in_rig } of panels) {
      if (!surface.shown || carrier === hand) continue;
      const { place } = surface;
      const met_m = in_rig ? place.meet(this.#from, this.#aim) : place.meet(pointer.origin, pointer.direction);
      if (met_m !== undefined && met_m < this.#met_m) [met, this.#met_m] = [surface, met_m];
    }
    return met;
  }

  #touch(tip: Tip, panels: readonly Reachable[], hand: Hand, rig: Rig, now_ms: number): void {
    tip.at = undefined;
    tip.known = findTip(hand, tip);
    if (tip.known) rig.toRoom(tip.rig, tip.room);
    let [touching, least_m]: [Fingertip | undefined, number] = [undefined, Infinity];
    for (const { surface, in_rig, carrier } of panels) {
      const finger = fingerOf(tip, surface);
      if (!tip.known || !surface.shown || carrier === hand) {
        finger.away();
        continue;
      }
      const { place } = surface;
      const at = in_rig ? tip.rig : tip.room;
      const inside = place.touch(at[0] ?? 0, at[1] ?? 0, at[2] ?? 0);
      finger.step(place.front_m, inside);
      const apart_m = Math.abs(place.front_m);
      // Where two panels meet it is at the one that it presses, else at the nearer one.
      const here = finger.held || (touching?.held !== true && apart_m < least_m);
      if (inside && apart_m < NEAR_M && here) [tip.at, touching, least_m] = [surface, finger, apart_m];
    }
    tip.near = tip.at !== undefined;
    const { u, v } = tip.at?.place ?? NOWHERE;
    const [pressed, held] = [touching?.pressed ?? false, touching?.held ?? false];
    this.#feel(hand, tip.presses.step(tip.at?.sheet, u, v, pressed, held, now_ms), now_ms);
  }

  #feel(hand: Hand | undefined, felt: Felt, now_ms: number): void {
    if (felt !== "nothing") this.#haptics.feel(hand, FELT[felt], now_ms);
  }
}

const NOWHERE = { u: -1, v: -1 } as const;

function fingerOf(tip: Tip, surface: Surface): Fingertip {
  const known = tip.fingers.get(surface);
  if (known !== undefined) return known;
  const made = new Fingertip();
  tip.fingers.set(surface, made);
  return made;
}

/** The point with which a hand touches: its index finger's tip, or where a controller's ray begins. */
function findTip(hand: Hand, tip: Tip): boolean {
  if (!hand.tracked) return false;
  if (hand.jointed) toRoom(hand.place, 0, hand.joints, 3 * INDEX_TIP, tip.point);
  else tip.rig.set(hand.aim);
  return hand.jointed || hand.aims;
}

/** A hand's ray in the rig's frame. */
function aimOf({ aim }: Hand, from: [number, number, number], along: [number, number, number]): void {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = aim;
  [from[0], from[1], from[2]] = [x, y, z];
  along[0] = 2 * (qx * qz + qw * qy);
  along[1] = 2 * (qy * qz - qw * qx);
  along[2] = 1 - 2 * (qx * qx + qy * qy);
}
