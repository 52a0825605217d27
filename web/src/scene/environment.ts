/**
 * Light, haze and colours of a room that decides nothing itself. Owns numbers; pure.
 *
 * The light comes from the left, as in a room's picture, so that a room looks like its card.
 */
import { type Json, member, number } from "../core/json";
import { rgb } from "./looks";
import type { Vector } from "./matrix";

export interface Sky {
  /** Straight up. */
  readonly top: Vector;
  /** At the horizon; also the colour of the haze. */
  readonly horizon: Vector;
  /** Straight down. */
  readonly ground: Vector;
  /** Where the haze begins and where nothing else is seen any more, metres. */
  readonly haze: readonly [number, number];
  /** Brightness of sun and sky light. */
  readonly light: number;
  /** Whether there is a plain at height 0 under the room. */
  readonly plain: boolean;
}

export const DAY: Sky = {
  top: [0.36, 0.58, 0.86],
  horizon: [0.87, 0.915, 0.955],
  ground: [0.74, 0.8, 0.86],
  haze: [45, 190],
  light: 1,
  plain: true,
};

/** Direction of the sunlight: the shadow of a point 1 m high falls 0.42 m along X and -0.3 m along Z. */
export const SUN_DIRECTION: Vector = [0.42, -1, -0.3];
export const SUN_COLOR: Vector = [1, 0.955, 0.87];
export const SKY_LIGHT_COLOR: Vector = [0.93, 0.965, 1];
/** What comes back from below: cooler and darker than the sky. */
export const BOUNCE_COLOR: Vector = [0.8, 0.81, 0.84];
export const SUN_INTENSITY = 0.44;
export const SKY_INTENSITY = 0.82;
/** A room's own sky over the day's; what it leaves out stays the day's. */
export function skyOf(value: Json | undefined): Sky {
  const plain = rgb(value);
  const top = plain ?? rgb(member(value, "top")) ?? rgb(member(value, "color")) ?? DAY.top;
  const far = number(member(value, "haze"));
  return {
    top,
    horizon: rgb(member(value, "horizon")) ?? (plain === undefined ? DAY.horizon : mixed(plain, DAY.horizon, 0.55)),
    ground: rgb(member(value, "ground")) ?? (plain === undefined ? DAY.ground : mixed(plain, DAY.ground, 0.4)),
    haze: far === undefined ? DAY.haze : [far / 4, Math.max(1, far)],
    light: Math.min(2, Math.max(0, number(member(value, "light")) ?? DAY.light)),
    plain: member(value, "plain") !== false,
  };
}

/** `share` of the second, the rest of the first. */
export function mixed(a: Vector, b: Vector, share: number): Vector {
  const part = (axis: 0 | 1 | 2) => a[axis] + (b[axis] - a[axis]) * share;
  return [part(0), part(1), part(2)];
}
