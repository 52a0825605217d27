/**
 * Of very many equal boxes those that may be in the picture, side by side: where a processor draws, every corner costs, also behind
 * the eye. Owns the memory of what is drawn in place of all. Pure; gathering makes no garbage.
 */
import type { Slots } from "./slots";
import type { ViewCone } from "./view_cone";

const MATRIX_FLOATS = 16;
const COLOR_FLOATS = 4;

export class Seen {
  /** As those of `Slots`, of the first `count`; replaced together by larger ones. */
  matrices = new Float32Array(0);
  colors = new Float32Array(0);
  count = 0;

  gather({ capacity, count, matrices, colors }: Slots, view: ViewCone): void {
    if (this.colors.length < capacity * COLOR_FLOATS) {
      this.matrices = new Float32Array(capacity * MATRIX_FLOATS);
      this.colors = new Float32Array(capacity * COLOR_FLOATS);
    }
    this.count = 0;
    for (let slot = 0; slot < count; slot += 1) {
      const at = slot * MATRIX_FLOATS;
      view.aim(matrices[at + 12] ?? 0, matrices[at + 13] ?? 0, matrices[at + 14] ?? 0);
      if (view.sees(reachOf(matrices, at))) this.#take(matrices, at, colors, slot * COLOR_FLOATS);
    }
  }

  #take(matrices: Float32Array, at: number, colors: Float32Array, color: number): void {
    const to = this.count * MATRIX_FLOATS;
    for (let part = 0; part < MATRIX_FLOATS; part += 1) this.matrices[to + part] = matrices[at + part] ?? 0;
    const color_to = this.count * COLOR_FLOATS;
    for (let part = 0; part < COLOR_FLOATS; part += 1) this.colors[color_to + part] = colors[color + part] ?? 0;
    this.count += 1;
  }
}

/** How far a unit box reaches from its middle at a matrix, at most: half of its three edges, one after the other. */
function reachOf(matrix: Float32Array, at: number): number {
  let sum = 0;
  for (let axis = at; axis < at + 12; axis += 4) {
    const x = matrix[axis] ?? 0;
    const y = matrix[axis + 1] ?? 0;
    const z = matrix[axis + 2] ?? 0;
    sum += Math.sqrt(x * x + y * y + z * z);
  }
  return sum / 2;
}
