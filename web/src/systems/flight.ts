/**
 * The flight of what was thrown until the room tells of it: along its throw, down with its weight, and no farther than to the
 * first thing in its way. Pure; time and the room around it are arguments.
 */
import type { Motion } from "../core/holding";
import type { Vector } from "../scene/matrix";
import type { Stage } from "../scene/stage";

/** So long a flight is guessed, seconds; a room that takes longer to answer has the thing wait where it is then. */
const GUESSED_MAX_S = 1;

/** How far something gets from a point along a unit direction, metres, at most `length_m`. */
export type Way = (x: number, y: number, z: number, direction: Vector, length_m: number) => number;

export class Flight {
  readonly #from: Float32Array;
  readonly #place: Float32Array;
  readonly #motion: Motion;
  readonly #fall_m_s2: number;
  readonly #start_ms: number;
  readonly #way: Way;
  #stopped = false;

  /** Begins at a place (seven numbers); `fall_m_s2` is upward. */
  constructor(from: Float32Array, motion: Motion, fall_m_s2: number, start_ms: number, way: Way) {
    this.#from = from.slice();
    this.#place = from.slice();
    this.#motion = motion;
    this.#fall_m_s2 = fall_m_s2;
    this.#start_ms = start_ms;
    this.#way = way;
  }

  /** Where it is now. */
  at(now_ms: number): Float32Array {
    const after_s = Math.min(GUESSED_MAX_S, (now_ms - this.#start_ms) / 1_000);
    if (!this.#stopped) this.#go(after_s);
    return this.#place;
  }

  #go(after_s: number): void {
    const [vx, vy, vz] = this.#motion.velocity;
    const [from_x = 0, from_y = 0, from_z = 0] = this.#from;
    const [x = 0, y = 0, z = 0] = this.#place;
    const drop = (this.#fall_m_s2 * after_s * after_s) / 2;
    const [dx, dy, dz] = [from_x + vx * after_s - x, from_y + vy * after_s + drop - y, from_z + vz * after_s - z];
    const length_m = Math.hypot(dx, dy, dz);
    if (length_m === 0) return;
    const direction: Vector = [dx / length_m, dy / length_m, dz / length_m];
    const free_m = this.#way(x, y, z, direction, length_m);
    this.#stopped = free_m < length_m;
    direction.forEach((part, axis) => (this.#place[axis] = (this.#place[axis] ?? 0) + part * free_m));
    turnBy(this.#from, this.#motion.spin, after_s, this.#place);
  }
}

/** The way through a room of a thing with this index, which is not in its own way. */
export function wayThrough(stage: Pick<Stage, "solids" | "hasPlain">, index: number): Way {
  return (x, y, z, direction, length_m) => {
    const things_m = stage.solids.cast(x, y, z, direction, length_m, index)?.distance_m ?? length_m;
    const sinks = -direction[1];
    const plain_m = stage.hasPlain && sinks > 0 && y >= 0 ? y / sinks : length_m;
    return Math.min(things_m, plain_m);
  };
}

/** Writes the rotation of a place after it has spun for so long. */
function turnBy(from: Float32Array, [sx, sy, sz]: Vector, after_s: number, out: Float32Array): void {
  const speed = Math.hypot(sx, sy, sz);
  if (speed === 0) return;
  const half = (speed * after_s) / 2;
  const share = Math.sin(half) / speed;
  const [ax, ay, az, aw] = [sx * share, sy * share, sz * share, Math.cos(half)];
  const [, , , bx = 0, by = 0, bz = 0, bw = 1] = from;
  out[3] = aw * bx + ax * bw + ay * bz - az * by;
  out[4] = aw * by + ay * bw + az * bx - ax * bz;
  out[5] = aw * bz + az * bw + ax * by - ay * bx;
  out[6] = aw * bw - ax * bx - ay * by - az * bz;
}
