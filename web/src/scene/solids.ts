/**
 * The room as something to bump into and to point at: every shape as a distance function in its own frame.
 *
 * Owns the geometry of touching, standing and pointing. Pure: knows no Babylon; an owner is an entity's index. Exact
 * for boxes, round tubes, capsules and balls; a ball that is stretched unevenly is approximated from inside.
 * Distance functions: I. Quilez, "3D distance functions" (box, capped cone, capsule, ellipsoid).
 */
import { type Corners, type Faces, facesDistance, facesOf } from "./corners";
import type { Form } from "./looks";
import type { Vector } from "./matrix";

/** A plane's or ground's half thickness, metres: thin enough not to be seen, thick enough to be hit. */
const THIN_M = 0.004;
/** Steps of a ray along a distance function; a ray that grazes longer than this misses. */
const RAY_STEPS_MAX = 96;
/** A ray this near to a surface has hit it, metres. */
const RAY_HIT_M = 0.001;
/** Half the length over which a slope is measured, metres. */
const SLOPE_M = 0.001;
/** Factors that differ by less are the same: a turned matrix is not exact. */
const SCALE_SLACK = 1e-4;

interface Solid {
  readonly owner: number;
  form: Form;
  /** tube: radius at the top and bottom relative to the widest; see `ShapeLook.ratio`. */
  ratio: number;
  /** People bump into it; otherwise it is only pointed at. */
  solid: boolean;
  x: number;
  y: number;
  z: number;
  /** Unit axes of its frame, row by row. */
  readonly axes: Float64Array;
  /** Half extents with every scale applied, metres. */
  hx: number;
  hy: number;
  hz: number;
  /** Radius of the ball around it, metres. */
  reach: number;
  /** Its measured corners, in place of a form; and their faces as they are scaled. */
  corners: Corners | undefined;
  faces: Faces | undefined;
}

/** What a ray met first. */
export interface Hit {
  readonly owner: number;
  readonly distance_m: number;
}

/** The middle of a room's things. */
export interface Heart {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly spread_m: number;
}

export class Solids {
  /** The owner of what `distanceTo` was last asked for. */
  nearest = -1;
  /** The owner of what `groundUnder` found last, and how far that reaches around its middle, metres; -1 and 0 for nothing. */
  bearer = -1;
  bearer_reach_m = 0;
  readonly #solids = new Map<number, Solid>();
  /** Those around the place last gathered; reused. */
  readonly #near: Solid[] = [];
  readonly #local: [number, number, number] = [0, 0, 0];

  get size(): number {
    return this.#solids.size;
  }

  /** Puts a shape at a matrix; `half` are its half extents before the matrix, `corners` what it is instead of a form. */
  put(
    owner: number,
    form: Form,
    ratio: number,
    half: Vector,
    solid: boolean,
    matrix: Float32Array,
    at: number,
    corners?: Corners,
  ): void {
    const known = this.#solids.get(owner) ?? blank(owner);
    known.form = form;
    known.ratio = ratio;
    known.solid = solid;
    if (known.corners !== corners) [known.corners, known.faces] = [corners, undefined];
    place(known, half, matrix, at);
    this.#solids.set(owner, known);
  }

  remove(owner: number): void {
    this.#solids.delete(owner);
  }

  /** Remembers what stands within `reach` of a vertical line: the only things a body there can touch. */
  gather(x: number, z: number, reach: number): void {
    this.#near.length = 0;
    for (const solid of this.#solids.values()) {
      const apart = solid.reach + reach;
      const [dx, dz] = [solid.x - x, solid.z - z];
      if (solid.solid && dx * dx + dz * dz <= apart * apart) this.#near.push(solid);
    }
  }

  /** The same for places near an upright plane that goes `length` metres from a point along a unit direction of the floor. */
  gatherAlong(x: number, z: number, dx: number, dz: number, length: number, reach: number): void {
    this.#near.length = 0;
    for (const solid of this.#solids.values()) {
      if (!solid.solid) continue;
      const [cx, cz] = [solid.x - x, solid.z - z];
      const along = Math.max(0, Math.min(length, cx * dx + cz * dz));
      const [off_x, off_z] = [cx - dx * along, cz - dz * along];
      const apart = solid.reach + reach;
      if (off_x * off_x + off_z * off_z <= apart * apart) this.#near.push(solid);
    }
  }

  /**
   * How far a point is inside the gathered solids by `radius`: the deepest one pushes `out` along its slope. Those it is deeper
   * inside than `deepest_m` push nothing.
   */
  push(out: [number, number, number], x: number, y: number, z: number, radius: number, deepest_m = Infinity): boolean {
    let deepest: Solid | undefined;
    let least = radius;
    for (const solid of this.#near) {
      const distance = this.#distance(solid, x, y, z);
      if (distance < least && distance >= -deepest_m) [least, deepest] = [distance, solid];
    }
    if (deepest === undefined) return false;
    this.#slope(out, deepest, x, y, z);
    const depth = radius - least;
    out[0] *= depth;
    out[1] *= depth;
    out[2] *= depth;
    return true;
  }

  /**
   * Height of the highest gathered surface under a point, at most `down` metres below it; -Infinity without one. What the point
   * is deeper inside than `deepest_m` carries nothing.
   */
  floorUnder(x: number, y: number, z: number, down: number, deepest_m = Infinity): number {
    let highest = Number.NEGATIVE_INFINITY;
    for (const solid of this.#near) {
      if (deepest_m < Infinity && this.#distance(solid, x, y, z) < -deepest_m) continue;
      const distance = this.#march(solid, x, y, z, 0, -1, 0, Math.min(down, y - highest));
      if (distance !== undefined) highest = y - distance;
    }
    return highest;
  }

  /** Height of the highest surface under a point that is not of `except`, at most `down` metres below it; else -Infinity. */
  groundUnder(x: number, y: number, z: number, down: number, except: number): number {
    let highest = Number.NEGATIVE_INFINITY;
    this.bearer = -1;
    this.bearer_reach_m = 0;
    for (const solid of this.#solids.values()) {
      const [dx, dz] = [solid.x - x, solid.z - z];
      if (!solid.solid || solid.owner === except || dx * dx + dz * dz > solid.reach * solid.reach) continue;
      const distance = this.#march(solid, x, y, z, 0, -1, 0, Math.min(down, y - highest));
      if (distance === undefined) continue;
      highest = y - distance;
      this.bearer = solid.owner;
      this.bearer_reach_m = solid.reach;
    }
    return highest;
  }

  /** How far it is to the nearest gathered solid, metres, at most `limit_m`; `nearest` is its owner, or -1. */
  distanceTo(x: number, y: number, z: number, limit_m: number): number {
    let least = limit_m;
    this.nearest = -1;
    for (const solid of this.#near) {
      const [dx, dy, dz] = [x - solid.x, y - solid.y, z - solid.z];
      const apart = least + solid.reach;
      if (dx * dx + dy * dy + dz * dz >= apart * apart) continue;
      const distance = this.#distance(solid, x, y, z);
      if (distance < least) [least, this.nearest] = [distance, solid.owner];
    }
    return least;
  }

  /** The first thing a ray meets, solid or not, other than what `except` owns; the direction is a unit vector. */
  cast(x: number, y: number, z: number, [dx, dy, dz]: Vector, length_m: number, except = -1): Hit | undefined {
    let first: Hit | undefined;
    let limit = length_m;
    for (const solid of this.#solids.values()) {
      if (solid.owner === except || !mayMeet(solid, x, y, z, dx, dy, dz, limit)) continue;
      const distance_m = this.#march(solid, x, y, z, dx, dy, dz, limit);
      if (distance_m === undefined) continue;
      limit = distance_m;
      first = { owner: solid.owner, distance_m };
    }
    return first;
  }

  /**
   * Where most of a room is: the mean place of its things and their mean distance from it, metres. What is larger than
   * `largest_m` is floor and wall and does not count.
   */
  heart(largest_m: number): Heart | undefined {
    const things = [...this.#solids.values()].filter(({ reach }) => reach <= largest_m);
    if (things.length === 0) return undefined;
    const mean = (of: (solid: Solid) => number) => things.reduce((sum, solid) => sum + of(solid), 0) / things.length;
    const [x, y, z] = [mean((solid) => solid.x), mean((solid) => solid.y), mean((solid) => solid.z)];
    return { x, y, z, spread_m: mean((solid) => Math.hypot(solid.x - x, solid.z - z) + solid.reach) };
  }

  /** Walks a ray along a distance function; the distance at which it arrives, if it does. */
  #march(
    solid: Solid,
    x: number,
    y: number,
    z: number,
    dx: number,
    dy: number,
    dz: number,
    length_m: number,
  ): number | undefined {
    let gone = 0;
    for (let step = 0; step < RAY_STEPS_MAX && gone <= length_m; step += 1) {
      const distance = this.#distance(solid, x + dx * gone, y + dy * gone, z + dz * gone);
      if (distance < RAY_HIT_M) return gone;
      gone += distance;
    }
    return undefined;
  }

  #distance(solid: Solid, x: number, y: number, z: number): number {
    const [px, py, pz] = toLocal(this.#local, solid, x, y, z);
    const { hx, hy, hz, faces } = solid;
    if (faces !== undefined) return facesDistance(faces, px, py, pz);
    switch (solid.form) {
      case "box":
      case "plane":
      case "ground":
        return boxDistance(px, py, pz, hx, hy, hz);
      case "sphere":
        return ballDistance(px, py, pz, hx, hy, hz);
      case "tube":
        return tubeDistance(Math.hypot(px, pz), py, solid);
      case "capsule":
        return capsuleDistance(Math.hypot(px, pz), py, (hx + hz) / 2, hy);
    }
  }

  /** The direction in which the distance grows. */
  #slope(out: [number, number, number], solid: Solid, x: number, y: number, z: number): void {
    const along = (dx: number, dy: number, dz: number) =>
      this.#distance(solid, x + dx, y + dy, z + dz) - this.#distance(solid, x - dx, y - dy, z - dz);
    const [sx, sy, sz] = [along(SLOPE_M, 0, 0), along(0, SLOPE_M, 0), along(0, 0, SLOPE_M)];
    const length = Math.hypot(sx, sy, sz);
    // In the very middle of a symmetric thing no direction is better than up.
    if (length < 1e-9) [out[0], out[1], out[2]] = [0, 1, 0];
    else [out[0], out[1], out[2]] = [sx / length, sy / length, sz / length];
  }
}

const NO_CORNERS = { corners: undefined, faces: undefined };

function blank(owner: number): Solid {
  const axes = new Float64Array(9);
  return { owner, form: "box", ratio: 0, solid: false, x: 0, y: 0, z: 0, axes, hx: 0, hy: 0, hz: 0, reach: 0, ...NO_CORNERS };
}

function place(solid: Solid, half: Vector, matrix: Float32Array, at: number): void {
  const scaled = [0, 0, 0];
  const scale: [number, number, number] = [0, 0, 0];
  for (let axis = 0; axis < 3; axis += 1) {
    const row = at + axis * 4;
    const [x, y, z] = [matrix[row] ?? 0, matrix[row + 1] ?? 0, matrix[row + 2] ?? 0];
    const length = Math.hypot(x, y, z);
    solid.axes.set(length > 0 ? [x / length, y / length, z / length] : [0, 0, 0], axis * 3);
    scale[axis] = length;
    scaled[axis] = Math.max(THIN_M, (half[axis] ?? 0) * length);
  }
  [solid.hx, solid.hy, solid.hz] = [scaled[0] ?? 0, scaled[1] ?? 0, scaled[2] ?? 0];
  solid.x = matrix[at + 12] ?? 0;
  solid.y = matrix[at + 13] ?? 0;
  solid.z = matrix[at + 14] ?? 0;
  solid.reach = Math.hypot(solid.hx, solid.hy, solid.hz);
  const { corners, faces } = solid;
  if (corners === undefined) return;
  // Only what grows needs new faces: a thing that moves keeps its own.
  if (faces === undefined || scale.some((part, axis) => Math.abs(part - (faces.scale[axis] ?? 0)) > SCALE_SLACK)) {
    solid.faces = facesOf(corners, scale);
  }
  solid.reach = solid.faces?.reach ?? solid.reach;
}

function toLocal(out: [number, number, number], solid: Solid, x: number, y: number, z: number): typeof out {
  const [dx, dy, dz] = [x - solid.x, y - solid.y, z - solid.z];
  const { axes } = solid;
  for (let axis = 0; axis < 3; axis += 1) {
    out[axis] = dx * (axes[axis * 3] ?? 0) + dy * (axes[axis * 3 + 1] ?? 0) + dz * (axes[axis * 3 + 2] ?? 0);
  }
  return out;
}

/** Whether a ray comes near enough to the ball around a solid. */
function mayMeet(
  { x, y, z, reach }: Solid,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  limit: number,
): boolean {
  const [cx, cy, cz] = [x - ox, y - oy, z - oz];
  const along = cx * dx + cy * dy + cz * dz;
  if (along < -reach || along > limit + reach) return false;
  return cx * cx + cy * cy + cz * cz - along * along <= reach * reach;
}

function boxDistance(x: number, y: number, z: number, hx: number, hy: number, hz: number): number {
  const [qx, qy, qz] = [Math.abs(x) - hx, Math.abs(y) - hy, Math.abs(z) - hz];
  const outside = Math.hypot(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0));
  return outside + Math.min(Math.max(qx, qy, qz), 0);
}

function ballDistance(x: number, y: number, z: number, hx: number, hy: number, hz: number): number {
  if (hx === hy && hy === hz) return Math.hypot(x, y, z) - hx;
  const k0 = Math.hypot(x / hx, y / hy, z / hz);
  const k1 = Math.hypot(x / (hx * hx), y / (hy * hy), z / (hz * hz));
  return k1 < 1e-9 ? -Math.min(hx, hy, hz) : (k0 * (k0 - 1)) / k1;
}

function capsuleDistance(across: number, y: number, radius: number, half_height: number): number {
  const straight = Math.max(0, half_height - radius);
  return Math.hypot(across, y - Math.max(-straight, Math.min(straight, y))) - radius;
}

function tubeDistance(across: number, y: number, { ratio, hx, hy, hz }: Solid): number {
  const wide = (hx + hz) / 2;
  const top = ratio < 0 ? wide : wide * ratio;
  const bottom = ratio < 0 ? -wide * ratio : wide;
  const cap_x = across - Math.min(across, y < 0 ? bottom : top);
  const cap_y = Math.abs(y) - hy;
  // The slanted side runs from the top's rim down by (top - bottom, 2 hy).
  const [side_x, side_y] = [top - bottom, 2 * hy];
  const along = ((top - across) * side_x + (hy - y) * side_y) / (side_x * side_x + side_y * side_y);
  const share = Math.max(0, Math.min(1, along));
  const [wall_x, wall_y] = [across - top + side_x * share, y - hy + side_y * share];
  const inside = wall_x < 0 && cap_y < 0 ? -1 : 1;
  return inside * Math.sqrt(Math.min(cap_x * cap_x + cap_y * cap_y, wall_x * wall_x + wall_y * wall_y));
}
