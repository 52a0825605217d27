/**
 * What a model is to bump into: the corners of its hull, or its triangles where they are few. Pure.
 *
 * A hull's corners are the farthest points in evenly spread directions: never more than there are directions, and each a corner
 * of the model itself.
 */
import type { JsonObject } from "../../core/json";

/** Corners and triangles of one collider, at most: the room's limits. */
export const POINTS_MAX = 128;
export const TRIANGLES_MAX = 256;
/** Directions in which the farthest points are looked for. */
const DIRECTIONS = 64;
/** Corners nearer to each other than this, metres, are one. */
const GRID_M = 0.001;
const GOLDEN_RAD = Math.PI * (3 - Math.sqrt(5));

/** A model's triangles: corners of three numbers, and three numbers of corners each. */
export interface Geometry {
  readonly points: Float32Array;
  readonly triangles: Uint32Array;
}

/** The hull of a model as a collider. */
export function hullCollider({ points }: Geometry): JsonObject | undefined {
  const chosen = new Map<string, readonly number[]>();
  for (let n = 0; n < DIRECTIONS; n += 1) {
    const at = farthest(points, ...direction(n));
    if (at < 0) return undefined;
    const corner = rounded(points, at);
    chosen.set(corner.join(), corner);
  }
  return { shape: "convex", points: [...chosen.values()] };
}

/** A model's triangles as a collider; undefined where there are too many of them. */
export function skinCollider({ points, triangles }: Geometry): JsonObject | undefined {
  const numbers = new Map<string, number>();
  const corners: (readonly number[])[] = [];
  const kept: number[][] = [];
  for (let at = 0; at < triangles.length; at += 3) {
    const three = [0, 1, 2].map((n) => {
      const corner = rounded(points, (triangles[at + n] ?? 0) * 3);
      const known = numbers.get(corner.join());
      if (known !== undefined) return known;
      numbers.set(corner.join(), corners.length);
      return corners.push(corner) - 1;
    });
    // What is narrower than the grid has no face.
    if (new Set(three).size === 3) kept.push(three);
    if (corners.length > POINTS_MAX || kept.length > TRIANGLES_MAX) return undefined;
  }
  return kept.length === 0 ? undefined : { shape: "trimesh", points: corners, triangles: kept };
}

/** How a model stands: how far below its place it begins, and what it takes of a floor. */
export function standOf({ points }: Geometry): { below_m: number; foot: { radius_m: number; height_m: number } } {
  let [lowest, highest, radius_m] = [0, 0, 0];
  for (let at = 0; at + 2 < points.length; at += 3) {
    const [x, y, z] = [points[at] ?? 0, points[at + 1] ?? 0, points[at + 2] ?? 0];
    [lowest, highest] = [Math.min(lowest, y), Math.max(highest, y)];
    radius_m = Math.max(radius_m, Math.hypot(x, z));
  }
  return { below_m: -lowest, foot: { radius_m, height_m: highest - lowest } };
}

/** Evenly spread directions (the Fibonacci lattice of a sphere). */
function direction(n: number): [number, number, number] {
  const y = 1 - (2 * n + 1) / DIRECTIONS;
  const wide = Math.sqrt(1 - y * y);
  return [wide * Math.cos(n * GOLDEN_RAD), y, wide * Math.sin(n * GOLDEN_RAD)];
}

/** Where the farthest point begins; -1 for none. */
function farthest(points: Float32Array, x: number, y: number, z: number): number {
  let [best, most] = [-1, Number.NEGATIVE_INFINITY];
  for (let at = 0; at + 2 < points.length; at += 3) {
    const along = x * (points[at] ?? 0) + y * (points[at + 1] ?? 0) + z * (points[at + 2] ?? 0);
    if (along > most) [best, most] = [at, along];
  }
  return best;
}

function rounded(points: Float32Array, at: number): readonly number[] {
  // Adding nothing makes -0 to 0.
  return [0, 1, 2].map((axis) => Math.round((points[at + axis] ?? 0) / GRID_M) / (1 / GRID_M) + 0);
}
