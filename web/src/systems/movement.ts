/**
 * Movement as arithmetic: keys and thumbs to a wish, a wish to a speed. Pure; knows no room and no camera.
 */
import type { Sticks } from "./pad";

/** Walking and running, metres per second. */
export const WALK_M_S = 2.6;
export const RUN_M_S = 5.2;
/** Flying is faster: it covers rooms, not steps. */
export const FLY_FACTOR = 1.5;
/** Turning with keys, radians per second. */
export const TURN_RAD_S = 2.1;
/** Looking up and down with keys, radians per second: slower than around, the way is shorter. */
export const NOD_RAD_S = 1.2;
/** Turning with a thumb or a stick at full deflection, radians per second. */
export const TOUCH_TURN_RAD_S = 2.4;
/** A thumb looks up and down more gently than around. */
const TOUCH_PITCH_SHARE = 0.7;
/** A thumb pushed this far, nearly to the rim, runs. */
const THUMB_RUNS = 0.95;
/** Turning with the mouse, radians per CSS pixel. */
export const LOOK_RAD_PX = 0.0032;
/** How fast a speed is taken up, per second: after 0.1 s two thirds of it are reached. */
export const AGILITY_PER_S = 11;
/** The eye follows a step up or down this fast, per second: feet climb at once, eyes glide. */
export const EYE_PER_S = 14;
/** One cannot look farther up or down than this, radians: a little short of straight. */
export const PITCH_MAX_RAD = 1.5;

/** What the visitor wants now: forward and right -1..1, up -1..1, and how fast. */
export interface Wish {
  readonly forward: number;
  readonly right: number;
  readonly up: number;
  readonly run: boolean;
}

const FORWARD = ["KeyW", "ArrowUp"] as const;
const BACK = ["KeyS", "ArrowDown"] as const;
const LEFT = ["KeyA", "ArrowLeft"] as const;
const RIGHT = ["KeyD", "ArrowRight"] as const;
const RUN = ["ShiftLeft", "ShiftRight"] as const;
const UP = ["KeyR", "PageUp"] as const;
const DOWN = ["KeyV", "PageDown"] as const;
/** Keys that look around: what they look at is what the middle of the view is on. */
export const LOOK_KEYS: ReadonlySet<string> = new Set([...UP, ...DOWN, "KeyQ", "KeyE"]);

/** Keys of movement and of hands: they never mean anything else while nobody types. */
export const MOVEMENT_KEYS: ReadonlySet<string> = new Set([
  ...FORWARD,
  ...BACK,
  ...LEFT,
  ...RIGHT,
  ...RUN,
  ...UP,
  ...DOWN,
  "KeyQ",
  "KeyE",
  "KeyF",
  "KeyX",
  "KeyG",
  "KeyH",
  "KeyZ",
  "Space",
]);

/** Keys that choose a weapon; while one builds they are tools. R loads it, Z drops it. */
export const WEAPON_KEYS: ReadonlySet<string> = new Set(Array.from({ length: 9 }, (_, nth) => `Digit${nth + 1}`));

export function wishOf(held: ReadonlySet<string>, sticks: Sticks): Wish {
  const down = (keys: readonly string[]) => Number(keys.some((key) => held.has(key)));
  const thumb = Math.hypot(sticks.move_x, sticks.move_y);
  return {
    forward: clamp(down(FORWARD) - down(BACK) + sticks.move_y),
    right: clamp(down(RIGHT) - down(LEFT) + sticks.move_x),
    up: clamp(Number(held.has("Space")) - Number(held.has("KeyX"))),
    run: down(RUN) > 0 || thumb > THUMB_RUNS,
  };
}

/** How much the view turns with keys and sticks in a second: [yaw, pitch], radians. */
export function turnOf(held: ReadonlySet<string>, sticks: Sticks): readonly [number, number] {
  const keys = Number(held.has("KeyE")) - Number(held.has("KeyQ"));
  const nods = Number(DOWN.some((key) => held.has(key))) - Number(UP.some((key) => held.has(key)));
  return [
    keys * TURN_RAD_S + sticks.look_x * TOUCH_TURN_RAD_S,
    nods * NOD_RAD_S - sticks.look_y * TOUCH_TURN_RAD_S * TOUCH_PITCH_SHARE,
  ];
}

/** The speed on the floor that a wish asks for, as the visitor looks: [x, z], metres per second. */
export function walkSpeed({ forward, right, run }: Wish, yaw: number): readonly [number, number] {
  const share = 1 / Math.max(1, Math.hypot(forward, right));
  const speed = (run ? RUN_M_S : WALK_M_S) * share;
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  return [(forward * sin + right * cos) * speed, (forward * cos - right * sin) * speed];
}

/** The same in the air: forward goes where one looks, up is up. [x, y, z], metres per second. */
export function flySpeed(wish: Wish, yaw: number, pitch: number): readonly [number, number, number] {
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  const level = Math.cos(pitch);
  const x = wish.forward * sin * level + wish.right * cos;
  const y = -wish.forward * Math.sin(pitch) + wish.up;
  const z = wish.forward * cos * level - wish.right * sin;
  const speed = ((wish.run ? RUN_M_S : WALK_M_S) * FLY_FACTOR) / Math.max(1, Math.hypot(x, y, z));
  return [x * speed, y * speed, z * speed];
}

/** A value on its way to another: the same after a second at any frame rate. */
export function approach(value: number, target: number, rate_per_s: number, dt_s: number): number {
  return target + (value - target) * Math.exp(-rate_per_s * dt_s);
}

export function clampPitch(pitch: number): number {
  return Math.max(-PITCH_MAX_RAD, Math.min(PITCH_MAX_RAD, pitch));
}

function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
