/**
 * Where a weapon is: before the eyes of whoever carries it, in a hand, in the hand of somebody without hands. Pure; makes no garbage.
 *
 * Before one's own eyes it is small and near instead of large and far away, which looks the same: so it never sticks in a wall.
 */
import type { GunKind } from "../../core/guns";

/** How small one's own weapon is drawn, and where that is from the eye: to the right, down, ahead, metres. */
const NEAR = 0.4;
const PLACE: { readonly [kind in GunKind]: readonly [number, number, number] } = {
  pistol: [0.23, -0.24, 0.6],
  shotgun: [0.25, -0.29, 0.6],
  rifle: [0.26, -0.3, 0.62],
  launcher: [0.3, -0.36, 0.62],
};
/** It goes up and down once a step, and aside once in two: over so many metres, by so much. */
const STEP_M = 0.75;
const BOB = { up: 0.011, aside: 0.014 } as const;
/** A shot kicks it back and up, and it returns this fast, per second. */
const KICK: { readonly [kind in GunKind]: readonly [back_m: number, up_rad: number] } = {
  pistol: [0.05, 0.2],
  shotgun: [0.11, 0.3],
  rifle: [0.035, 0.07],
  launcher: [0.14, 0.24],
};
const RETURNS_PER_S = 13;
/** Lowered while it is loaded, or comes up: so far down and turned so far, and how fast it gets there. */
const LOWERED = { down_m: 0.2, turn_rad: 0.75, per_s: 9 } as const;
/** It lags a little behind a turning head: by this share of what one turns in a second. */
const LAG = { share: 0.05, most: 0.12, per_s: 10 } as const;

/** One's own weapon between two frames. */
export class Carry {
  #walked_m = 0;
  #bob = 0;
  #kick = 0;
  #lowered = 1;
  #lag_yaw = 0;
  #lag_pitch = 0;
  #kind: GunKind | undefined;

  /** Whether it moves by itself: there is a next picture to draw. */
  get alive(): boolean {
    return this.#kick > 0.004 || (this.#lowered > 0.004 && this.#lowered < 0.996) || Math.abs(this.#lag_yaw) + Math.abs(this.#lag_pitch) > 0.002;
  }

  kick(): void {
    this.#kick = 1;
  }

  /**
   * A frame goes by: which one is in hand, how far one has walked in it and has turned, and whether it is being loaded. One that is
   * in hand only now comes up from below.
   */
  step(kind: GunKind | undefined, dt_s: number, walked_m: number, yaw_rad: number, pitch_rad: number, lowered: boolean): void {
    if (kind !== this.#kind) this.#lowered = 1;
    this.#kind = kind;
    this.#walked_m += walked_m;
    const walks = dt_s > 0 && walked_m / dt_s > 0.4 ? 1 : 0;
    this.#bob += (walks - this.#bob) * Math.min(1, dt_s * 7);
    this.#kick *= Math.exp(-RETURNS_PER_S * dt_s);
    this.#lowered += ((lowered ? 1 : 0) - this.#lowered) * (1 - Math.exp(-LOWERED.per_s * dt_s));
    const lag = (now: number, turned: number) => {
      const wanted = dt_s > 0 ? Math.max(-LAG.most, Math.min(LAG.most, (turned / dt_s) * LAG.share)) : 0;
      return now + (wanted - now) * (1 - Math.exp(-LAG.per_s * dt_s));
    };
    this.#lag_yaw = lag(this.#lag_yaw, yaw_rad);
    this.#lag_pitch = lag(this.#lag_pitch, pitch_rad);
  }

  /** Writes where it is drawn for an eye at a place (7 floats) in a picture so wide for its height. */
  compose(out: Float32Array, eye: Float32Array, kind: GunKind, aspect: number): void {
    const [right, down, ahead] = PLACE[kind];
    const [back_m, up_rad] = KICK[kind];
    const phase = (this.#walked_m / STEP_M) * Math.PI;
    const bob_up = -Math.abs(Math.sin(phase)) * BOB.up * this.#bob;
    const bob_aside = Math.cos(phase) * BOB.aside * this.#bob;
    // Upright phones have little room beside the middle.
    const narrow = Math.min(1, Math.max(0.45, aspect / 1.2));
    const size = NEAR * (0.55 + 0.45 * narrow);
    const x = right * narrow + bob_aside - this.#lag_yaw * 0.3;
    const y = down + bob_up - LOWERED.down_m * this.#lowered + this.#kick * 0.012;
    const z = ahead - back_m * this.#kick;
    const pitch = LOWERED.turn_rad * this.#lowered - up_rad * this.#kick + this.#lag_pitch;
    const yaw = -0.03 - this.#lag_yaw;
    inFrame(out, eye, 0, x * NEAR, y * NEAR, z * NEAR, pitch, yaw, size);
  }
}

/** Where a hand of somebody without hands holds a weapon, from their head: to the right, down, ahead, metres. */
export const HELD_AHEAD = [0.17, -0.3, 0.43] as const;

/** Where a hanging hand is, of somebody who is drawn in one piece. */
const HANGING = [0.25, -0.72, 0.1] as const;

/** Writes the matrix of a weapon in the hanging hand of somebody in one piece; their head is a place (7 floats at `at`). */
export function composeHanging(out: Float32Array, places: Float32Array, at: number): void {
  const [x, y, z] = HANGING;
  inFrame(out, places, at, x, y, z, 0.25, 0, 1);
}

/** Writes the matrix of a weapon that somebody without hands holds before them; their head is a place (7 floats at `at`). */
export function composeAhead(out: Float32Array, places: Float32Array, at: number): void {
  const [x, y, z] = HELD_AHEAD;
  inFrame(out, places, at, x, y, z, 0, 0, 1);
}

/** A controller points so far down from where the thumb of the hand that holds it does, radians. */
const POINTS_DOWN = Math.PI / 4;

/** Writes the matrix of a weapon in a hand that is tracked: its place (7 floats at `at`); fingers go along -Y, the thumb along +Z. */
export function composeInHand(out: Float32Array, places: Float32Array, at: number): void {
  inFrame(out, places, at, 0, 0, 0, POINTS_DOWN, 0, 1);
}

/** Writes the matrix of something at a place of a frame (7 floats at `at`), turned in it by a pitch and a yaw, and so large. */
export function inFrame(
  out: Float32Array,
  frame: Float32Array,
  at: number,
  x: number,
  y: number,
  z: number,
  pitch: number,
  yaw: number,
  size: number,
): void {
  const [qx, qy, qz, qw] = [frame[at + 3] ?? 0, frame[at + 4] ?? 0, frame[at + 5] ?? 0, frame[at + 6] ?? 1];
  const rows = ROWS;
  rows[0] = 1 - 2 * (qy * qy + qz * qz);
  rows[1] = 2 * (qx * qy + qz * qw);
  rows[2] = 2 * (qx * qz - qy * qw);
  rows[3] = 2 * (qx * qy - qz * qw);
  rows[4] = 1 - 2 * (qx * qx + qz * qz);
  rows[5] = 2 * (qy * qz + qx * qw);
  rows[6] = 2 * (qx * qz + qy * qw);
  rows[7] = 2 * (qy * qz - qx * qw);
  rows[8] = 1 - 2 * (qx * qx + qy * qy);
  const [sp, cp, sy, cy] = [Math.sin(pitch), Math.cos(pitch), Math.sin(yaw), Math.cos(yaw)];
  // First down, then around.
  write(out, 0, cy, 0, -sy, size);
  write(out, 4, sp * sy, cp, sp * cy, size);
  write(out, 8, cp * sy, -sp, cp * cy, size);
  write(out, 12, x, y, z, 1);
  for (let axis = 0; axis < 3; axis += 1) out[12 + axis] = (out[12 + axis] ?? 0) + (frame[at + axis] ?? 0);
  out[3] = out[7] = out[11] = 0;
  out[15] = 1;
}

/** The axes of the frame that is written into; one for all, since one is written at a time. */
const ROWS = new Float32Array(9);

function write(out: Float32Array, at: number, x: number, y: number, z: number, size: number): void {
  for (let axis = 0; axis < 3; axis += 1) {
    out[at + axis] = size * (x * (ROWS[axis] ?? 0) + y * (ROWS[3 + axis] ?? 0) + z * (ROWS[6 + axis] ?? 0));
  }
}
