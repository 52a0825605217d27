/**
 * Weapons and what lies about to be picked up, wherever they are: each kind in one draw call.
 *
 *     guns.begin();                                 // each frame
 *     guns.draw("rifle", matrix);                   // in a hand
 *     guns.float(item, x, y, z, now_ms, …);         // over the floor: turns, with a ring of light below
 *     guns.end();
 *
 * Must not know who carries them.
 */
import { GUN_KINDS, type GunKind, PICK_UPS, type PickUp } from "../../core/guns";
import type { Sprites } from "../arena/sprites";
import type { Vector } from "../matrix";
import type { Clay } from "../person/clay";
import type { Swarm } from "../swarm";
import type { ViewCone } from "../view_cone";
import { GUNS, ITEMS } from "./forms";

/** It turns once in so long, milliseconds, and goes up and down by so much, metres. */
const TURN_MS = 5_200;
const FLOATS_M = 0.05;
/** How long something that is back takes to appear, milliseconds. */
export const APPEARS_MS = 450;
/** Farther away than this nobody tells it from its light, metres. */
const SEEN_M = 70;
/** What lies about is drawn larger than in a hand. */
const LYING = 1.35;
const ITEM = 1.2;

export class Guns {
  readonly swarms: Swarm[] = [];
  readonly #guns: { readonly [kind in GunKind]: Swarm };
  readonly #items: { readonly [item in PickUp]: Swarm };
  readonly #sprites: Sprites;
  readonly #view: ViewCone;
  readonly #muzzle: [number, number, number] = [0, 0, 0];

  constructor(newSwarm: (name: string, clay: () => Clay) => Swarm, sprites: Sprites, view: ViewCone) {
    const swarm = (name: string, clay: () => Clay) => {
      const made = newSwarm(name, clay);
      this.swarms.push(made);
      return made;
    };
    this.#sprites = sprites;
    this.#view = view;
    this.#guns = Object.fromEntries(GUN_KINDS.map((kind) => [kind, swarm(kind, GUNS[kind].clay)])) as { [kind in GunKind]: Swarm };
    this.#items = Object.fromEntries(PICK_UPS.map((item) => [item, swarm(item, ITEMS[item].clay)])) as { [item in PickUp]: Swarm };
  }

  begin(): void {
    for (const swarm of this.swarms) swarm.clear();
  }

  /** Draws a weapon at a matrix; `there` below 1 is less than all of it. */
  draw(kind: GunKind, matrix: Float32Array, there = 1): void {
    const [red, green, blue] = GUNS[kind].light;
    const swarm = this.#guns[kind];
    const at = swarm.add(red, green, blue, there);
    for (let cell = 0; cell < 16; cell += 1) swarm.matrices[at + cell] = matrix[cell] ?? 0;
  }

  /** Where a shot leaves a weapon that is at a matrix; the array is used again. */
  muzzleOf(kind: GunKind, matrix: Float32Array): Vector {
    const { muzzle } = GUNS[kind];
    for (let axis = 0; axis < 3; axis += 1) {
      this.#muzzle[axis] =
        muzzle[0] * (matrix[axis] ?? 0) + muzzle[1] * (matrix[4 + axis] ?? 0) + muzzle[2] * (matrix[8 + axis] ?? 0) + (matrix[12 + axis] ?? 0);
    }
    return this.#muzzle;
  }

  /**
   * Draws what lies about over a place: `age_ms` since it came (back). A weapon by its kind, everything else as an item, in a colour
   * of its own where it has one. False when it is outside the picture.
   */
  float(what: GunKind | PickUp, x: number, y: number, z: number, now_ms: number, age_ms: number, color: Vector | undefined): boolean {
    const view = this.#view;
    view.aim(x, y, z);
    const away = Math.sqrt(view.depth ** 2 + view.across ** 2 + view.above ** 2);
    if (away > SEEN_M || !view.sees(0.7)) return false;
    const [swarm, light, size] = this.#lookOf(what);
    const [red, green, blue] = color ?? light;
    // Each in its own time.
    const phase = x * 1.7 + z * 2.3;
    const angle = (now_ms / TURN_MS) * 2 * Math.PI + phase;
    const there = Math.min(1, Math.max(0, age_ms / APPEARS_MS));
    const lift = FLOATS_M * Math.sin(now_ms / 700 + phase);
    const at = swarm.add(red, green, blue, there < 1 ? there : 1);
    this.#lay(swarm.matrices, at, x, y + lift, z, angle, size, this.#isGun(what));
    this.#sprites.ring(x, y - 0.34, z, 0.46, red * 0.5 * there, green * 0.5 * there, blue * 0.5 * there);
    this.#sprites.glow(x, y + lift, z, 0.5, red * 0.1 * there, green * 0.1 * there, blue * 0.1 * there);
    return true;
  }

  end(): void {
    for (const swarm of this.swarms) swarm.upload();
  }

  #isGun(what: GunKind | PickUp): what is GunKind {
    return Object.hasOwn(this.#guns, what);
  }

  #lookOf(what: GunKind | PickUp): readonly [Swarm, Vector, number] {
    return this.#isGun(what) ? [this.#guns[what], GUNS[what].light, LYING] : [this.#items[what], ITEMS[what].light, ITEM];
  }

  /** Upright and turning; a weapon turns about the middle of its length. */
  #lay(out: Float32Array, at: number, x: number, y: number, z: number, angle: number, size: number, long: boolean): void {
    const [sine, cosine] = [Math.sin(angle) * size, Math.cos(angle) * size];
    const back = long ? 0.15 : 0;
    out.fill(0, at, at + 16);
    out[at] = cosine;
    out[at + 2] = -sine;
    out[at + 5] = size;
    out[at + 8] = sine;
    out[at + 10] = cosine;
    out[at + 12] = x - sine * back;
    out[at + 13] = y;
    out[at + 14] = z - cosine * back;
    out[at + 15] = 1;
  }
}
