/**
 * How finely each person is drawn: near, mid, far or farthest, by distance and by how well their place is known. Pure.
 *
 * Owns the distances, the caps that keep a dense crowd affordable, and the memory that keeps anyone from flickering
 * between two levels. Knows people as entity indices; makes no garbage. Nobody is left out: the coarsest level has no cap.
 */

/** Full figure that moves in itself; in one piece with a face; a silhouette with legs; a handful of triangles. */
export const LOD = { near: 0, mid: 1, far: 2, farthest: 3 } as const;
export type Lod = (typeof LOD)[keyof typeof LOD];

/** Up to here hands and eyes can be told apart on a common screen, metres. */
export const NEAR_FIGURE_M = 12;
/** Up to here a head is larger than a dozen pixels and its roundness is seen, metres. */
export const MID_FIGURE_M = 36;
/** Up to here legs and a face can be told from a body, metres. It has no cap: a figure has 88 triangles. */
export const FAR_FIGURE_M = 60;
/** Full figures at once: each has some 2,200 triangles in a dozen batches; beyond, the nearest have them. */
export const NEAR_FIGURES_MAX = 32;
/** Figures in one piece at once: each has some 350 triangles. */
export const MID_FIGURES_MAX = 160;
/** A level is kept until the distance is beyond its reach by this factor, so that nobody flickers at its edge. */
export const LOD_SLACK = 1.15;
/** The coarsest tier whose pose is exact enough for a full figure: beyond, place and facing are rough. */
export const FULL_FIGURE_TIER_MAX = 2;
/** After a crowd has thinned out, reaches grow by this factor per frame: slowly, or breathing crowds would flicker. */
const REACH_GROWTH = 1.01;
/** Width of the bins in which people are counted by distance, metres. */
const BIN_M = 0.25;

/** How many people there are per distance. */
class Histogram {
  readonly #bins: Uint16Array;

  constructor(reach_m: number) {
    this.#bins = new Uint16Array(Math.ceil((reach_m * LOD_SLACK) / BIN_M));
  }

  clear(): void {
    this.#bins.fill(0);
  }

  add(distance_m: number): void {
    const bin = Math.floor(distance_m / BIN_M);
    if (bin < this.#bins.length) this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
  }

  /** The largest distance, at most `limit_m`, within which there are no more than `count` people. */
  reach(limit_m: number, count: number): number {
    let sum = 0;
    for (let bin = 0; bin * BIN_M < limit_m; bin += 1) {
      sum += this.#bins[bin] ?? 0;
      if (sum > count) return bin * BIN_M;
    }
    return limit_m;
  }
}

/** Chooses everyone's level: count all, settle, then ask for each. */
export class Lods {
  /** Up to here a level is kept, metres; it is given up to `LOD_SLACK` less. */
  near_m = NEAR_FIGURE_M * LOD_SLACK;
  mid_m = MID_FIGURE_M * LOD_SLACK;
  far_m = FAR_FIGURE_M * LOD_SLACK;
  /** What the machine affords of distances and caps, 0..1. */
  share = 1;
  readonly #near = new Histogram(NEAR_FIGURE_M);
  readonly #mid = new Histogram(MID_FIGURE_M);
  /** The level of each entity index. */
  #levels = new Uint8Array(1_024).fill(LOD.farthest);

  begin(): void {
    this.#near.clear();
    this.#mid.clear();
  }

  count(distance_m: number, tier: number): void {
    if (tier <= FULL_FIGURE_TIER_MAX) this.#near.add(distance_m);
    this.#mid.add(distance_m);
  }

  /** Fixes this frame's reaches so that the caps hold. */
  settle(): void {
    const { share } = this;
    const near_m = this.#near.reach(NEAR_FIGURE_M * LOD_SLACK * share, NEAR_FIGURES_MAX * share);
    const mid_m = this.#mid.reach(MID_FIGURE_M * LOD_SLACK * share, (NEAR_FIGURES_MAX + MID_FIGURES_MAX) * share);
    this.near_m = settled(this.near_m, near_m);
    this.mid_m = settled(this.mid_m, Math.max(near_m, mid_m));
    this.far_m = settled(this.far_m, Math.max(this.mid_m, FAR_FIGURE_M * LOD_SLACK * share));
  }

  /** The level of a person in this frame. */
  choose(index: number, distance_m: number, tier: number): Lod {
    if (index >= this.#levels.length) this.#grow(index);
    const level = this.#next((this.#levels[index] ?? LOD.farthest) as Lod, distance_m, tier);
    this.#levels[index] = level;
    return level;
  }

  /** The level somebody has in this frame, if they were asked for in it. */
  levelOf(index: number): Lod {
    return (this.#levels[index] ?? LOD.farthest) as Lod;
  }

  /** An index that is someone else's from now on begins without history. */
  forget(index: number): void {
    if (index < this.#levels.length) this.#levels[index] = LOD.farthest;
  }

  #next(before: Lod, distance_m: number, tier: number): Lod {
    const near_m = before === LOD.near ? this.near_m : this.near_m / LOD_SLACK;
    if (distance_m < near_m && tier <= FULL_FIGURE_TIER_MAX) return LOD.near;
    const mid_m = before <= LOD.mid ? this.mid_m : this.mid_m / LOD_SLACK;
    if (distance_m < mid_m) return LOD.mid;
    const far_m = before <= LOD.far ? this.far_m : this.far_m / LOD_SLACK;
    return distance_m < far_m ? LOD.far : LOD.farthest;
  }

  #grow(index: number): void {
    const levels = new Uint8Array(2 * index + 1).fill(LOD.farthest);
    levels.set(this.#levels);
    this.#levels = levels;
  }
}

/** At once when there must be less, little by little when there may be more. */
function settled(before_m: number, wanted_m: number): number {
  return wanted_m <= before_m ? wanted_m : Math.min(wanted_m, Math.max(BIN_M, before_m) * REACH_GROWTH);
}
