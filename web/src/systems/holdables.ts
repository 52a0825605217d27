/** The things of the room that a hand could take or pick up, kept as they change: a hand asks every frame which of them is nearest. */
import { type Change, isGone } from "../core/replica";
import type { Replica } from "../core/replica";
import type { Vector } from "../scene/matrix";
import { useOf } from "./usable";

/** Half extents of a thing before its matrix; undefined for one that is not drawn. */
type HalfOf = (index: number) => Vector | undefined;

/** What makes a thing one of these. */
const COMPONENTS = ["holdable", "collectable"] as const;

export class Holdables {
  readonly #indices = new Set<number>();

  /** Follows what changed in the room. */
  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (isGone(change)) this.#indices.delete(change.index);
      else if (change.record === undefined) continue;
      else if (COMPONENTS.some((name) => change.record?.components[name] !== undefined)) this.#indices.add(change.index);
      else this.#indices.delete(change.index);
    }
  }

  /**
   * The nearest thing whose surface (of the box around it) is within `reach_m` of a point, and that one may take; -1
   * for none.
   */
  nearest(
    [x, y, z]: Vector,
    reach_m: number,
    replica: Replica,
    matrices: Float32Array,
    halfOf: HalfOf,
  ): number {
    let [best, least] = [-1, reach_m];
    for (const index of this.#indices) {
      const half = halfOf(index);
      const away = half === undefined ? Number.POSITIVE_INFINITY : boxDistance(matrices, index * 16, half, x, y, z);
      if (away > least) continue;
      const use = useOf(replica.interactions(index));
      if (use === undefined || use === "trigger") continue;
      [best, least] = [index, away];
    }
    return best;
  }
}

/** How far a point is from a box whose half extents are stretched by a matrix, metres; 0 within it. */
export function boxDistance(matrix: Float32Array, at: number, half: Vector, x: number, y: number, z: number): number {
  const [dx, dy, dz] = [x - (matrix[at + 12] ?? 0), y - (matrix[at + 13] ?? 0), z - (matrix[at + 14] ?? 0)];
  let sum = 0;
  for (let row = 0; row < 3; row += 1) {
    const from = at + row * 4;
    const [ax, ay, az] = [matrix[from] ?? 0, matrix[from + 1] ?? 0, matrix[from + 2] ?? 0];
    const scale = Math.hypot(ax, ay, az);
    if (scale < 1e-9) continue;
    const along = Math.abs((dx * ax + dy * ay + dz * az) / scale);
    const out = Math.max(0, along - (half[row] ?? 0) * scale);
    sum += out * out;
  }
  return Math.sqrt(sum);
}
