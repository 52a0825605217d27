/**
 * Matrices of what is on a head: the head's own with its shape, eyes that look and blink, a mouth that speaks. Pure;
 * makes no garbage.
 */
import type { AvatarHead } from "../../core/generated";
import { EYE_HEIGHT_M } from "./head";

/** How head shapes differ from the round one: factors along right, up, ahead. */
export const HEAD_SHAPES: { readonly [shape in AvatarHead]: readonly [number, number, number] } = {
  round: [1, 1, 1],
  tall: [0.92, 1.12, 0.96],
  wide: [1.12, 0.92, 1.02],
};
/** Where a mouth is, metres, how much it narrows and how much it opens with the voice. */
const MOUTH = { y_m: -0.036, narrows: 0.25, opens: 1.6 } as const;

/** Stretches a matrix in its own axes. */
export function shapeHead(matrix: Float32Array, shape: readonly [number, number, number]): void {
  for (let axis = 0; axis < 3; axis += 1) {
    const factor = shape[axis] ?? 1;
    for (let part = 0; part < 3; part += 1) matrix[4 * axis + part] = (matrix[4 * axis + part] ?? 0) * factor;
  }
}

/** Writes eyes that are open so far (0..1) and look aside and up, radians, about the middle of the head. */
export function composeEyes(out: Float32Array, at: number, head: Float32Array, open: number, aside: number, up: number): void {
  const [sa, ca, su, cu] = [Math.sin(aside), Math.cos(aside), Math.sin(up), Math.cos(up)];
  const shut = EYE_HEIGHT_M * (1 - open);
  for (let part = 0; part < 4; part += 1) {
    const [x, y, z] = [head[part] ?? 0, head[4 + part] ?? 0, head[8 + part] ?? 0];
    const upward = y * cu - (x * sa + z * ca) * su;
    out[at + part] = x * ca - z * sa;
    out[at + 4 + part] = upward * open;
    out[at + 8 + part] = (x * sa + z * ca) * cu + y * su;
    out[at + 12 + part] = (head[12 + part] ?? 0) + upward * shut;
  }
}

/** Writes a mouth by how loud it is, 0..1; it opens downwards. */
export function composeMouth(out: Float32Array, at: number, head: Float32Array, voice: number): void {
  const [wide, high] = [1 - MOUTH.narrows * voice, 1 + MOUTH.opens * voice];
  for (let part = 0; part < 4; part += 1) {
    const y = head[4 + part] ?? 0;
    out[at + part] = (head[part] ?? 0) * wide;
    out[at + 4 + part] = y * high;
    out[at + 8 + part] = head[8 + part] ?? 0;
    out[at + 12 + part] = (head[12 + part] ?? 0) + y * MOUTH.y_m * (1 - high);
  }
}
