/**
 * A thing dragged along the floor by itself: it stays under the pointer, at its height, on a grid. Pure.
 */
import type { Vector } from "../scene/matrix";

/** Things that are dragged come to rest on multiples of this, metres, unless a key says otherwise. */
export const SNAP_M = 0.25;
/** And turn by multiples of this, radians. */
export const SNAP_RAD = Math.PI / 12;
/** A pointer near the horizon would drag a thing away for good: beyond this it stays, metres. */
const FARTHEST_M = 60;
/** A ray flatter than this meets no floor worth meeting (its downward part). */
const FLATTEST = 0.02;

interface Ray {
  readonly origin: Vector;
  readonly direction: Vector;
}

export class FloorDrag {
  readonly #height: number;
  readonly #from: Vector;
  readonly #grip: readonly [number, number];

  /** `held` is where the pointer holds the thing that stands at `from`. */
  constructor(held: Vector, from: Vector) {
    this.#height = held[1];
    this.#from = from;
    this.#grip = [held[0] - from[0], held[2] - from[2]];
  }

  /** Where the thing stands for a ray of the pointer, snapped unless it is `free`; undefined where that meets no floor. */
  at({ origin, direction }: Ray, free: boolean): Vector | undefined {
    const [ox, oy, oz] = origin;
    const [dx, dy, dz] = direction;
    const down = oy > this.#height ? -dy : dy;
    const far = Math.abs(oy - this.#height) / down;
    if (down < FLATTEST || far > FARTHEST_M) return undefined;
    const [x, z] = [ox + dx * far - this.#grip[0], oz + dz * far - this.#grip[1]];
    return free ? [x, this.#from[1], z] : [snapped(x), this.#from[1], snapped(z)];
  }
}

function snapped(value: number): number {
  return Math.round(value / SNAP_M) * SNAP_M;
}
