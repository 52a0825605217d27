/**
 * The edges of a box as twelve beams. Pure; makes no mesh.
 */
import type { Vector } from "./matrix";

/** Edges of a box. */
export const EDGES = 12;
/** Free room between a thing and the beams around it, metres. */
export const MARGIN_M = 0.015;

/**
 * Writes the matrices of the twelve beams around a box.
 *
 * `half` are its half extents before `matrix`; `out` holds 12 x 16 floats.
 */
export function edgeBeams(out: Float32Array, matrix: Float32Array, at: number, half: Vector, thickness: number): void {
  const axes = [0, 1, 2].map((axis) => axisOf(matrix, at + axis * 4));
  const reach = axes.map(({ length }, axis) => (half[axis] ?? 0) * length + MARGIN_M + thickness / 2);
  for (let edge = 0; edge < EDGES; edge += 1) {
    const along = Math.floor(edge / 4);
    const sides = [edge % 2 === 0 ? -1 : 1, edge % 4 < 2 ? -1 : 1];
    const to = edge * 16;
    out.fill(0, to, to + 16);
    out[to + 15] = 1;
    for (let part = 0; part < 3; part += 1) out[to + 12 + part] = matrix[at + 12 + part] ?? 0;
    let side = 0;
    for (let axis = 0; axis < 3; axis += 1) {
      const unit = axes[axis]?.unit ?? [0, 0, 0];
      const size = axis === along ? 2 * (reach[axis] ?? 0) + thickness : thickness;
      const shift = axis === along ? 0 : (sides[side] ?? 0) * (reach[axis] ?? 0);
      if (axis !== along) side += 1;
      unit.forEach((value, part) => {
        out[to + axis * 4 + part] = value * size;
        out[to + 12 + part] = (out[to + 12 + part] ?? 0) + value * shift;
      });
    }
  }
}

function axisOf(matrix: Float32Array, row: number): { readonly unit: Vector; readonly length: number } {
  const [x, y, z] = [matrix[row] ?? 0, matrix[row + 1] ?? 0, matrix[row + 2] ?? 0];
  const length = Math.hypot(x, y, z);
  return length > 0 ? { unit: [x / length, y / length, z / length], length } : { unit: [0, 0, 0], length: 0 };
}
