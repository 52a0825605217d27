/**
 * What stands on what: for each thing a contact card on the ground under it and, where no shadows are drawn, the streak of
 * shade that the sun throws behind it.
 *
 * The ground under a thing is looked for when it, or what bears it, moved; a few things a frame, so that a room that has
 * just come in costs no long one. Pure: cards are handed to whoever draws them.
 */
import { type Footprint, newFootprint, readFootprint } from "./footprint";
import type { ShapeLook } from "./looks";
import type { Vector } from "./matrix";
import type { Solids } from "./solids";

/** Where cards go; see `Cards`. */
export interface CardSink {
  beginStanding(): void;
  endStanding(): void;
  add(
    x: number,
    floor_y: number,
    z: number,
    half_w: number,
    half_d: number,
    yaw: number,
    softness: number,
    strength: number,
    corner?: number,
    fade?: number,
  ): void;
}

/** Comparisons of a thing with another that a frame may cost. */
const COMPARISONS_PER_FRAME = 120_000;
/** Things whose cards are handed out anew, as a mean of a frame: in a room of thousands a moving one's card lags a little. */
const CARDS_PER_FRAME = 600;
/** Things that are looked at in a frame at least: a room of any size gets its cards. */
const THINGS_PER_FRAME_MIN = 4;
/** Farther above its ground nothing darkens it, metres. */
const GAP_MAX_M = 1.2;
/** A card looks for its ground from this much above the thing's lowest point, metres: things sink a little. */
const SUNK_M = 0.05;
/** Wider things are walls and floors, half their width, metres. */
const HALF_MAX_M = 5;
/** What one sees through more than this darkens nothing. */
const ALPHA_MIN = 0.2;
/** Flatter things darken less, metres. */
const FLAT_M = 0.12;
const STRENGTH = { shadowed: 0.5, bare: 0.6 } as const;
/** The streak of the sun: longest, metres; softness, metres; strength; the share of its length over which it fades. */
const STREAK = { length_max_m: 3.2, softness_m: 0.14, strength: 0.44, fade: 0.65 } as const;
/** Things higher above their ground than this throw no streak: it would begin elsewhere, metres. */
const STREAK_GAP_MAX_M = 0.08;

interface Standing {
  readonly footprint: Footprint;
  alpha: number;
  /** Who bears it; -1 the plain or nothing. */
  bearer: number;
  ground_y: number;
  /** How far what bears it reaches, metres. */
  bearer_reach_m: number;
}

export class Grounding {
  readonly #solids: Solids;
  readonly #cards: CardSink;
  readonly #standing = new Map<number, Standing>();
  readonly #seen = new Set<number>();
  readonly #stale = new Set<number>();
  /** What lies on whom: when a bearer moves, only that looks for its ground again. */
  readonly #lying = new Map<number, Set<number>>();
  #changed = false;
  /** All things look for their ground again. */
  #all_stale = false;
  /** Frames since cards were last handed out. */
  #waited = 0;
  #plain = true;
  #streaks = false;
  /** Where shade falls: a unit direction of the floor, and its length over height. */
  #sun_x = 0;
  #sun_z = 1;
  #sun_reach = 1;

  constructor(solids: Solids, cards: CardSink) {
    this.#solids = solids;
    this.#cards = cards;
  }

  /** A thing is drawn or looks different; floors, walls and what one sees through lie on nothing. */
  put(owner: number, { form }: ShapeLook, alpha: number): void {
    const came = !this.#seen.has(owner);
    this.#seen.add(owner);
    const known = this.#standing.get(owner);
    if (form === "ground" || form === "plane" || alpha < ALPHA_MIN) this.#forget(owner);
    else if (known !== undefined) known.alpha = alpha;
    else this.#standing.set(owner, { footprint: newFootprint(), alpha, bearer: -1, ground_y: 0, bearer_reach_m: 0 });
    // Who came may lie under anything; who only looks different lies where it lay.
    if (came) this.#all_stale = true;
  }

  move(owner: number, { form }: ShapeLook, half: Vector, matrix: Float32Array, at: number): void {
    this.#unsettleOn(owner);
    const standing = this.#standing.get(owner);
    if (standing === undefined) return;
    readFootprint(standing.footprint, form, half, matrix, at);
    this.#stale.add(owner);
  }

  remove(owner: number): void {
    this.#seen.delete(owner);
    this.#unsettleOn(owner);
    this.#lying.delete(owner);
    this.#forget(owner);
  }

  #forget(owner: number): void {
    this.#stale.delete(owner);
    const standing = this.#standing.get(owner);
    if (standing === undefined) return;
    this.#lie(owner, standing, -1);
    this.#standing.delete(owner);
    this.#changed = true;
  }

  /** Where the sun is, whether shade is only here (no shadows are drawn), and whether the plain lies at height 0. */
  tune([x, y, z]: Vector, streaks: boolean, plain: boolean): void {
    const across = Math.hypot(x, z);
    const [sun_x, sun_z] = across > 0 ? [x / across, z / across] : [0, 1];
    const reach = y < 0 ? across / -y : 0;
    if (plain !== this.#plain) this.#all_stale = true;
    const same = sun_x === this.#sun_x && sun_z === this.#sun_z && streaks === this.#streaks;
    [this.#sun_x, this.#sun_z, this.#sun_reach] = [sun_x, sun_z, reach];
    [this.#streaks, this.#plain] = [streaks, plain];
    if (!same) this.#changed = true;
  }

  /** Looks for the ground of a few things that moved; hands out all cards anew when any changed. */
  settle(): void {
    if (this.#all_stale) {
      for (const owner of this.#standing.keys()) this.#stale.add(owner);
      this.#all_stale = false;
    }
    let left = Math.max(THINGS_PER_FRAME_MIN, Math.floor(COMPARISONS_PER_FRAME / Math.max(1, this.#solids.size)));
    for (const owner of this.#stale) {
      if (left === 0) break;
      left -= 1;
      this.#stale.delete(owner);
      this.#ground(owner);
    }
    this.#waited += 1;
    if (!this.#changed || this.#waited * CARDS_PER_FRAME < this.#standing.size) return;
    this.#changed = false;
    this.#waited = 0;
    this.#cards.beginStanding();
    for (const standing of this.#standing.values()) this.#lay(standing);
    this.#cards.endStanding();
  }

  /** Whether things wait for their ground: pictures go on until none does. */
  get unsettled(): boolean {
    return this.#stale.size > 0 || this.#changed;
  }

  #ground(owner: number): void {
    const standing = this.#standing.get(owner);
    if (standing === undefined) return;
    const { x, y, z, height } = standing.footprint;
    const from = y + Math.min(SUNK_M, height / 2);
    const found = this.#solids.groundUnder(x, from, z, GAP_MAX_M + SUNK_M, owner);
    const plain = this.#plain && from >= 0 ? 0 : -Infinity;
    standing.ground_y = Math.max(found, plain);
    const { bearer, bearer_reach_m } = this.#solids;
    this.#lie(owner, standing, found >= plain ? bearer : -1);
    standing.bearer_reach_m = standing.bearer < 0 ? Infinity : bearer_reach_m;
    this.#changed = true;
  }

  #lay({ footprint, ground_y, alpha, bearer_reach_m }: Standing): void {
    const { x, y, z, half_w, half_d, yaw, height, round } = footprint;
    const gap = Math.max(0, y - ground_y);
    if (gap >= GAP_MAX_M || Math.max(half_w, half_d) > HALF_MAX_M) return;
    const near = (1 - gap / GAP_MAX_M) ** 2 * alpha * Math.min(1, height / FLAT_M);
    const softness = 0.12 + 0.13 * Math.min(height, 1.6) + gap * 0.3;
    const corner = round ? Math.min(half_w, half_d) : Math.min(0.04, half_w, half_d);
    const strength = near * (this.#streaks ? STRENGTH.bare : STRENGTH.shadowed);
    this.#cards.add(x, ground_y, z, half_w, half_d, yaw, softness, strength, corner);
    if (this.#streaks && gap <= STREAK_GAP_MAX_M) this.#streak(footprint, ground_y, near, bearer_reach_m);
  }

  /** Begins under the thing and reaches as far as its shade, if its ground does. */
  #streak({ x, z, half_w, half_d, yaw, height, round }: Footprint, y: number, near: number, bearer_reach_m: number): void {
    const length = Math.min(STREAK.length_max_m, height * this.#sun_reach);
    const [sun_x, sun_z] = [this.#sun_x, this.#sun_z];
    // How wide the footprint is along the sun and across it.
    const [sine, cosine] = [Math.sin(yaw), Math.cos(yaw)];
    const along_w = Math.abs(sun_x * cosine - sun_z * sine);
    const along_d = Math.abs(sun_x * sine + sun_z * cosine);
    const along = round ? half_w : half_w * along_w + half_d * along_d;
    const across = round ? half_d : half_w * along_d + half_d * along_w;
    if (along + length > bearer_reach_m) return;
    const half = (along + length) / 2;
    const strength = near * STREAK.strength;
    const turn = Math.atan2(sun_x, sun_z);
    const corner = round ? across * 0.9 : 0.02;
    this.#cards.add(x + sun_x * half, y, z + sun_z * half, across * 0.95, half, turn, STREAK.softness_m, strength, corner, STREAK.fade);
  }

  /** Something lies on somebody else from now on, or on nobody (-1). */
  #lie(owner: number, standing: Standing, bearer: number): void {
    if (standing.bearer === bearer) return;
    const before = this.#lying.get(standing.bearer);
    before?.delete(owner);
    if (before?.size === 0) this.#lying.delete(standing.bearer);
    standing.bearer = bearer;
    if (bearer < 0) return;
    const now = this.#lying.get(bearer) ?? new Set<number>();
    this.#lying.set(bearer, now.add(owner));
  }

  #unsettleOn(bearer: number): void {
    for (const owner of this.#lying.get(bearer) ?? []) this.#stale.add(owner);
  }
}
