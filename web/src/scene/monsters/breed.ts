/**
 * What there is to say of a kind of monster: its bones, the parts that hang on them, what they are made of and how it moves. Pure.
 */
import type { Vector } from "../matrix";
import type { Clay } from "../person/clay";
import type { Bone } from "./skeleton";

/** How a monster is in this frame. */
export interface Motion {
  /** How far it is in its stride, radians, and how much it strides, 0 to 1. */
  stride: number;
  gait: number;
  /** What it is about (`DOING`), and for how long, seconds. */
  doing: number;
  since_s: number;
  /** Its own time, seconds, shifted for each so that no two breathe alike. */
  time_s: number;
  /** Hurt just now, 1 to 0. */
  hurt: number;
}

/** A part: one mesh, drawn once on each of its bones; those of the left side are mirrored. */
export interface Part {
  readonly name: string;
  readonly bones: readonly number[];
  readonly clay: () => Clay;
  /** How brightly it shines is told (`glow`); otherwise as usual. */
  readonly charged?: boolean;
}

export interface Breed {
  readonly bones: readonly Bone[];
  /** Nearby, all of these are drawn; farther away only the coarse ones; from afar one of a few dozen triangles. */
  readonly near: readonly Part[];
  readonly far: readonly Part[];
  readonly distant: readonly Part[];
  /** The colour of what shines, and of a boss's. */
  readonly light: Vector;
  readonly boss_light: Vector;
  /** Glows before what shines: on which bone, where, how large; drawn where they face the eye unless `around`. */
  readonly halos: readonly { readonly bone: number; readonly at: Vector; readonly radius: number; readonly around?: boolean; readonly charged?: boolean }[];
  /** How far one stride carries, both feet, metres. */
  readonly stride_m: number;
  readonly high_m: number;
  readonly wide_m: number;
  /** How thick it is when it lies, metres, and how it falls: 1 on its face, -1 on its back. */
  readonly lies_m: number;
  readonly falls: number;
  /** Writes the pose at `from`; returns how much its charge glows, 0 to 1. */
  pose(pose: Float32Array, from: number, motion: Motion): number;
}

/** Softly from 0 to 1 between two moments. */
export function smooth(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}

/** A blow: 0 at rest, -1 drawn back at 0.32 s, 1 at half a second when it falls, back at rest by 0.95 s. */
export function blow(since_s: number): number {
  if (since_s < 0.36) return -smooth(0, 0.32, since_s);
  if (since_s < 0.5) return -1 + 2 * smooth(0.36, 0.5, since_s);
  return 1 - smooth(0.58, 0.95, since_s);
}
