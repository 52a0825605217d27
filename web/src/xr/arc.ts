/**
 * A thrown arc from a hand, and where it lands: how one points at a floor that a straight ray would graze. Pure.
 */
import type { Vector } from "../scene/matrix";

/** How fast the arc leaves the hand, metres per second: thrown well it reaches ten metres. */
const THROW_M_S = 9.5;
const GRAVITY_M_S2 = 9.81;
/** An arc that has met nothing by then meets nothing, seconds. */
export const ARC_MAX_S = 2.2;
/** Nearer than this to a surface it has met it, metres. */
const MET_M = 0.01;
/** A step is at least this long, metres, and there are at most so many. */
const STEP_MIN_M = 0.02;
const STEPS_MAX = 120;
/** During a step the arc gets faster by the fall of this time, seconds. */
const STEP_MAX_S = 0.1;

type Point = [number, number, number];

/** Where an arc is after `at_s` seconds. */
export function arcPoint(out: Point, [x, y, z]: Vector, [dx, dy, dz]: Vector, at_s: number): Point {
  out[0] = x + dx * THROW_M_S * at_s;
  out[1] = y + dy * THROW_M_S * at_s - (GRAVITY_M_S2 / 2) * at_s * at_s;
  out[2] = z + dz * THROW_M_S * at_s;
  return out;
}

/**
 * When an arc meets something, seconds, and where (`out`); undefined when it meets nothing. `distance` tells how far a
 * point is from whatever is nearest: the arc may go that far without asking again.
 */
export function meets(
  out: Point,
  origin: Vector,
  direction: Vector,
  distance: (x: number, y: number, z: number) => number,
): number | undefined {
  let at_s = 0;
  for (let step = 0; step < STEPS_MAX && at_s < ARC_MAX_S; step += 1) {
    arcPoint(out, origin, direction, at_s);
    const free_m = distance(out[0], out[1], out[2]);
    if (free_m < MET_M) return at_s;
    const rise_m_s = direction[1] * THROW_M_S - GRAVITY_M_S2 * at_s;
    const level_m_s = Math.hypot(direction[0], direction[2]) * THROW_M_S;
    const fastest_m_s = Math.hypot(level_m_s, rise_m_s) + GRAVITY_M_S2 * STEP_MAX_S;
    at_s += Math.min(STEP_MAX_S, Math.max(free_m, STEP_MIN_M) / fastest_m_s);
  }
  return undefined;
}
