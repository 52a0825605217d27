/**
 * Throwing without a tracked hand: how fast and where to, by how long a key was held or how a finger flicked. Pure; angles and
 * times are arguments.
 */
import type { Vector } from "../scene/matrix";
import type { Input } from "./context";

/** What winds a throw up. */
const KEY = "KeyF";

/** A key held so long, milliseconds, throws so fast, metres per second; in between it grows evenly. */
const WEAKEST = { after_ms: 200, m_s: 3 };
const STRONGEST = { after_ms: 1_000, m_s: 12 };
/** A finger this fast, CSS pixels per second, flicks weakest and strongest. */
const GENTLE_PX_S = 600;
const HARD_PX_S = 2_800;
/** A throw goes this far above where one looks, radians: 10 degrees. */
const RAISED_RAD = Math.PI / 18;
/** A flick goes half to where one looks and half to where the finger went: sine and cosine of 37 degrees. */
const ASIDE = 0.6;
const AHEAD = 0.8;
/** How large a thing on the screen is at least to a finger, radians. */
const FINGER_RAD = 0.07;
const MARKS = 4;

/** A throw that a key winds up for as long as it is held. */
export class Windup {
  /** How far it is, as it is shown; empty while there is none. */
  words = "";
  #since_ms: number | undefined;

  /** The speed of the throw, in the frame in which the key is let go of; a key that is lost to a field throws nothing. */
  read(input: Pick<Input, "pressed" | "held" | "released" | "take">, now_ms: number): number | undefined {
    if (input.pressed.has(KEY)) this.#since_ms = now_ms;
    if (this.#since_ms === undefined) return undefined;
    const held_ms = now_ms - this.#since_ms;
    const goes_on = input.held.has(KEY);
    input.take(KEY);
    if (goes_on) this.words = windupWords(held_ms);
    else this.cancel();
    return !goes_on && input.released.has(KEY) ? speedAfter(held_ms) : undefined;
  }

  cancel(): void {
    this.#since_ms = undefined;
    this.words = "";
  }
}

/** How fast a key throws that was held so long. */
export function speedAfter(held_ms: number): number {
  return between(share(held_ms, WEAKEST.after_ms, STRONGEST.after_ms));
}

/** How far a key has wound a throw up, as it is shown. */
function windupWords(held_ms: number): string {
  const full = Math.round(share(held_ms, 0, STRONGEST.after_ms) * MARKS);
  return `Throw: ${"▮".repeat(full)}${"▯".repeat(MARKS - full)}`;
}

/** The velocity of a throw along the view, a little upwards; a pitch below 0 looks up. */
export function alongView(yaw: number, pitch: number, speed_m_s: number): Vector {
  const [ahead] = axesOf(yaw, Math.max(-Math.PI / 2, pitch - RAISED_RAD));
  return [ahead[0] * speed_m_s, ahead[1] * speed_m_s, ahead[2] * speed_m_s];
}

/** The velocity of a throw by a finger that moved so fast to the right and down, CSS pixels per second. */
export function alongFlick(yaw: number, pitch: number, right_px_s: number, down_px_s: number): Vector {
  const fast_px_s = Math.hypot(right_px_s, down_px_s);
  const speed_m_s = between(share(fast_px_s, GENTLE_PX_S, HARD_PX_S));
  const [ahead, right, up] = axesOf(yaw, pitch);
  const [to_right, to_up] = [(ASIDE * right_px_s) / fast_px_s, (-ASIDE * down_px_s) / fast_px_s];
  const along = (axis: 0 | 1 | 2) => (AHEAD * ahead[axis] + to_right * right[axis] + to_up * up[axis]) * speed_m_s;
  return [along(0), along(1), along(2)];
}

/** Whether a finger's ray meets a thing around a point, so large, or passes it as near as fingers are wide. */
export function isUnderFinger(origin: Vector, direction: Vector, middle: Vector, radius_m: number): boolean {
  const [x, y, z] = [middle[0] - origin[0], middle[1] - origin[1], middle[2] - origin[2]];
  const along = x * direction[0] + y * direction[1] + z * direction[2];
  const beside = Math.sqrt(Math.max(0, x * x + y * y + z * z - along * along));
  return along > 0 && beside <= Math.max(radius_m, along * FINGER_RAD);
}

/** Ahead, right and up of who looks somewhere. */
function axesOf(yaw: number, pitch: number): readonly [Vector, Vector, Vector] {
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  const [down, level] = [Math.sin(pitch), Math.cos(pitch)];
  return [
    [sin * level, -down, cos * level],
    [cos, 0, -sin],
    [sin * down, level, cos * down],
  ];
}

function share(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}

function between(share: number): number {
  return WEAKEST.m_s + (STRONGEST.m_s - WEAKEST.m_s) * share;
}
