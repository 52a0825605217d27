/**
 * Things of measured corners as something to bump into: how far a point is from them. Pure; owns no thing.
 *
 * A hull is taken as what lies within its outermost planes in 26 directions (a k-DOP: Klosowski and others, 1998): exact for what
 * is boxy or a prism, a little too large elsewhere. A skin is its triangles, from both sides (I. Quilez, "udTriangle").
 */
import { type Json, isObject, numbers } from "../core/json";
import type { Vector } from "./matrix";

/** Corners and triangles of a collider before its thing's scale; no triangles: all that is within the corners. */
export interface Corners {
  /** Three numbers each, metres. */
  readonly points: Float32Array;
  /** Three numbers of points each. */
  readonly triangles: Uint16Array;
}

/** A skin is as thick as this to who bumps into it, metres: something to stop at, from either side. */
const SKIN_M = 0.01;
/** Numbers of one plane: a unit direction outwards and its distance from the thing's place. */
const PLANE = 4;
/** Numbers of one triangle. */
const TRIANGLE = 9;

/** Axes, edges and corners of a cube: 26 directions. */
const DIRECTIONS: readonly Vector[] = [-1, 0, 1].flatMap((x) =>
  [-1, 0, 1].flatMap((y) =>
    [-1, 0, 1]
      .filter((z) => x !== 0 || y !== 0 || z !== 0)
      .map((z): Vector => {
        const length = Math.hypot(x, y, z);
        return [x / length, y / length, z / length];
      }),
  ),
);

/** Reads the corners of a collider that has any. */
export function cornersOf(collider: Json | undefined): Corners | undefined {
  if (!isObject(collider)) return undefined;
  const { shape, points, triangles } = collider;
  if ((shape !== "convex" && shape !== "trimesh") || !Array.isArray(points)) return undefined;
  const offset = numbers(collider["offset"], 3) ?? [0, 0, 0];
  const read = points.map((point) => numbers(point, 3)).filter((point) => point !== undefined);
  if (read.length === 0) return undefined;
  const three = shape === "trimesh" && Array.isArray(triangles) ? triangles.map((each) => numbers(each, 3)) : [];
  const known = three.filter((each) => each?.every((corner) => corner < read.length)).flatMap((each) => each ?? []);
  const moved = read.flatMap((point) => point.map((part, axis) => part + (offset[axis] ?? 0)));
  return { points: new Float32Array(moved), triangles: new Uint16Array(known) };
}

/** Corners as they are scaled: planes of a hull, or triangles of a skin; and how far they reach. */
export interface Faces {
  readonly scale: Vector;
  readonly skin: boolean;
  readonly numbers: Float64Array;
  readonly reach: number;
}

export function facesOf({ points, triangles }: Corners, scale: Vector): Faces {
  const scaled = points.map((part, at) => part * (scale[at % 3] ?? 1));
  let reach = 0;
  for (let at = 0; at < scaled.length; at += 3) {
    reach = Math.max(reach, Math.hypot(scaled[at] ?? 0, scaled[at + 1] ?? 0, scaled[at + 2] ?? 0));
  }
  if (triangles.length === 0) return { scale, skin: false, numbers: planesOf(scaled), reach };
  const numbers = new Float64Array(triangles.length * 3);
  triangles.forEach((corner, at) => numbers.set(scaled.subarray(corner * 3, corner * 3 + 3), at * 3));
  return { scale, skin: true, numbers, reach: reach + SKIN_M };
}

function planesOf(points: Float32Array): Float64Array {
  const planes = new Float64Array(DIRECTIONS.length * PLANE);
  DIRECTIONS.forEach(([x, y, z], n) => {
    let farthest = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < points.length; at += 3) {
      farthest = Math.max(farthest, x * (points[at] ?? 0) + y * (points[at + 1] ?? 0) + z * (points[at + 2] ?? 0));
    }
    planes.set([x, y, z, farthest], n * PLANE);
  });
  return planes;
}

/** How far a point in the thing's own frame is from it, metres; negative inside. */
export function facesDistance({ skin, numbers }: Faces, x: number, y: number, z: number): number {
  return skin ? skinDistance(numbers, x, y, z) - SKIN_M : hullDistance(numbers, x, y, z);
}

function hullDistance(planes: Float64Array, x: number, y: number, z: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < planes.length; at += PLANE) {
    const off = x * (planes[at] ?? 0) + y * (planes[at + 1] ?? 0) + z * (planes[at + 2] ?? 0) - (planes[at + 3] ?? 0);
    if (off > most) most = off;
  }
  return most;
}

function skinDistance(triangles: Float64Array, x: number, y: number, z: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < triangles.length; at += TRIANGLE) least = Math.min(least, triangleSquare(triangles, at, x, y, z));
  return Math.sqrt(least);
}

/** The square of a point's distance from a triangle. */
function triangleSquare(t: Float64Array, at: number, x: number, y: number, z: number): number {
  const [ax, ay, az] = [t[at] ?? 0, t[at + 1] ?? 0, t[at + 2] ?? 0];
  const [bx, by, bz] = [t[at + 3] ?? 0, t[at + 4] ?? 0, t[at + 5] ?? 0];
  const [cx, cy, cz] = [t[at + 6] ?? 0, t[at + 7] ?? 0, t[at + 8] ?? 0];
  const [ux, uy, uz, vx, vy, vz] = [bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const square = nx * nx + ny * ny + nz * nz;
  const [px, py, pz] = [x - ax, y - ay, z - az];
  if (square > 0) {
    // Weights of the corners where the point stands over the triangle's plane.
    const v = (ux * (py * nz - pz * ny) + uy * (pz * nx - px * nz) + uz * (px * ny - py * nx)) / square;
    const u = -(vx * (py * nz - pz * ny) + vy * (pz * nx - px * nz) + vz * (px * ny - py * nx)) / square;
    if (u >= 0 && v >= 0 && u + v <= 1) return (px * nx + py * ny + pz * nz) ** 2 / square;
  }
  return Math.min(
    edgeSquare(px, py, pz, ux, uy, uz),
    edgeSquare(px, py, pz, vx, vy, vz),
    edgeSquare(x - bx, y - by, z - bz, cx - bx, cy - by, cz - bz),
  );
}

/** The square of a point's distance from an edge; the point from the edge's beginning. */
function edgeSquare(px: number, py: number, pz: number, ex: number, ey: number, ez: number): number {
  const length = ex * ex + ey * ey + ez * ez;
  const share = length > 0 ? Math.max(0, Math.min(1, (px * ex + py * ey + pz * ez) / length)) : 0;
  return (px - ex * share) ** 2 + (py - ey * share) ** 2 + (pz - ez * share) ** 2;
}
