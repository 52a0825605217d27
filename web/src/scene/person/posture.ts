/**
 * A body from what is known of it: a head, where the feet are and perhaps hands. Torso, arms and legs follow by
 * inverse kinematics and become the matrices of its parts. Pure; makes no garbage.
 *
 * One posture serves everyone in turn: set what is known, `lean`, place the hands, `solve`, then write the parts.
 */
import { STRETCH_MAX, bend, composeLimb } from "./ik";
import { FOREARM_M, HIP, NECK_M, SHIN_M, SHOULDER, THIGH_M, UPPER_ARM_M, WRIST } from "./measures";

/** To the left and to the right of someone. */
export const SIDE = { left: -1, right: 1 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

/** The middle of a resting hand's wrist from the neck's root, metres. */
const REST = { side: 0.232, down: 0.553, ahead: 0.04, lap_side: 0.13, lap_down: 0.47, lap_ahead: 0.21 } as const;
/** How far the torso leans ahead, radians: standing, and more as the knees bend. */
const LEAN = 0.03;
const LEAN_PER_SINK = 0.9;
const LEAN_MAX = 0.5;
/** Knees give this much before the back bends, metres. */
const SINK_FREE_M = 0.06;
/** Where elbows and knees bend to: to the side, up, ahead. */
const ELBOW = [0.4, -0.6, -0.66] as const;
const ELBOW_AT_REST = [0.25, -0.2, -0.95] as const;
const KNEE = [0.12, 0.1, 1] as const;
const KNEE_SEATED = [0.12, 0.9, 1] as const;

/** The neck's root is this far behind the middle of the head, metres. */
const NECK_BACK_M = 0.012;
/** How far the middle of a hand gets from its shoulder, metres. */
export const ARM_M = (UPPER_ARM_M + FOREARM_M) * STRETCH_MAX + WRIST[1];
/** Nearer than this to the shoulder a thing is in no direction, metres. */
const NOWHERE_M = 1e-3;
/** A hand that points this steeply has no thumb on top. */
const STEEP = 0.98;

/** A hand: where it is, and how it lies (its axes as a matrix has them). */
export interface Reach {
  readonly matrix: Float32Array;
  /** Whether anything is known; otherwise it rests. */
  known: boolean;
}

export class Posture {
  /** The middle of the head, and where the torso faces. */
  x = 0;
  y = 0;
  z = 0;
  yaw = 0;
  size = 1;
  seated = false;
  /** How far arms swing with the gait, metres ahead; of the left one, the right one goes against it. */
  swing = 0;
  /** Life in a resting body, metres: breath lifts the chest, hands drift. */
  breath = 0;
  drift = 0;
  /** Left and right ankle in the room, and how the boots lie: turn and pitch, radians. */
  readonly ankles = [new Float32Array(3), new Float32Array(3)] as const;
  readonly boot_yaw = new Float32Array(2);
  readonly boot_pitch = new Float32Array(2);
  readonly left: Reach = { matrix: new Float32Array(16), known: false };
  readonly right: Reach = { matrix: new Float32Array(16), known: false };
  /** The torso's axes and the neck's root, as a matrix. */
  readonly torso = new Float32Array(16);
  /** Of the left and the right arm and leg: beginning, joint, end. */
  readonly #arms = [new Float32Array(9), new Float32Array(9)] as const;
  readonly #legs = [new Float32Array(9), new Float32Array(9)] as const;
  readonly #from = new Float32Array(3);
  readonly #target = new Float32Array(3);
  readonly #pole = new Float32Array(3);

  /** Lays the torso; `sink_m` is how much lower than standing the head is above the floor. Hands can reach from here on. */
  lean(sink_m: number): void {
    const sunk = this.seated ? 0 : Math.max(0, sink_m - SINK_FREE_M);
    this.#layTorso(Math.min(LEAN_MAX, LEAN + LEAN_PER_SINK * sunk));
  }

  /** Lays arms and legs. */
  solve(): void {
    this.#layArm(this.left, SIDE.left);
    this.#layArm(this.right, SIDE.right);
    this.#layLeg(SIDE.left);
    this.#layLeg(SIDE.right);
  }

  composeUpperArm(out: Float32Array, at: number, side: Side): void {
    this.#compose(out, at, this.#arms[side < 0 ? 0 : 1], 0);
  }

  composeForearm(out: Float32Array, at: number, side: Side): void {
    this.#compose(out, at, this.#arms[side < 0 ? 0 : 1], 3);
  }

  composeThigh(out: Float32Array, at: number, side: Side): void {
    this.#compose(out, at, this.#legs[side < 0 ? 0 : 1], 0);
  }

  composeShin(out: Float32Array, at: number, side: Side): void {
    this.#compose(out, at, this.#legs[side < 0 ? 0 : 1], 3);
  }

  composeBoot(out: Float32Array, at: number, side: Side): void {
    const foot = side < 0 ? 0 : 1;
    const leg = this.#legs[foot];
    const [yaw, pitch, { size }] = [this.boot_yaw[foot] ?? 0, this.boot_pitch[foot] ?? 0, this];
    const [sin, cos, down, flat] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
    out.fill(0, at, at + 16);
    out[at] = cos * size;
    out[at + 2] = -sin * size;
    out[at + 4] = sin * down * size;
    out[at + 5] = flat * size;
    out[at + 6] = cos * down * size;
    out[at + 8] = sin * flat * size;
    out[at + 9] = -down * size;
    out[at + 10] = cos * flat * size;
    out[at + 12] = leg[6] ?? 0;
    out[at + 13] = leg[7] ?? 0;
    out[at + 14] = leg[8] ?? 0;
    out[at + 15] = 1;
  }

  #compose(out: Float32Array, at: number, limb: Float32Array, from: number): void {
    const { torso, size } = this;
    const [x, y, z] = [(torso[8] ?? 0) / size, (torso[9] ?? 0) / size, (torso[10] ?? 0) / size];
    composeLimb(out, at, limb, from, from + 3, x, y, z, size);
  }

  #layTorso(lean: number): void {
    const { torso, size, yaw } = this;
    const [sin, cos, up, over] = [Math.sin(yaw), Math.cos(yaw), Math.cos(lean), Math.sin(lean)];
    torso[0] = cos * size;
    torso[2] = -sin * size;
    torso[4] = sin * over * size;
    torso[5] = up * size;
    torso[6] = cos * over * size;
    torso[8] = sin * up * size;
    torso[9] = -over * size;
    torso[10] = cos * up * size;
    torso[12] = this.x - sin * NECK_BACK_M * size;
    torso[13] = this.y - NECK_M * size + this.breath;
    torso[14] = this.z - cos * NECK_BACK_M * size;
    torso[1] = torso[3] = torso[7] = torso[11] = 0;
    torso[15] = 1;
  }

  /** Writes a point of the torso's frame, in the room. */
  #place(out: Float32Array, x: number, y: number, z: number): void {
    this.#direct(out, x, y, z);
    for (let axis = 0; axis < 3; axis += 1) out[axis] = (out[axis] ?? 0) + (this.torso[12 + axis] ?? 0);
  }

  /** Writes a direction of the torso's frame. */
  #direct(out: Float32Array, x: number, y: number, z: number): void {
    const { torso } = this;
    for (let axis = 0; axis < 3; axis += 1) {
      out[axis] = (torso[axis] ?? 0) * x + (torso[4 + axis] ?? 0) * y + (torso[8 + axis] ?? 0) * z;
    }
  }

  #layArm(hand: Reach, side: Side): void {
    const { size } = this;
    const arm = this.#arms[side < 0 ? 0 : 1];
    this.#place(this.#from, side * SHOULDER.side, -SHOULDER.down, 0);
    if (hand.known) this.#seekWrist(hand.matrix, side);
    else this.#rest(side);
    const [x, y, z] = hand.known ? ELBOW : ELBOW_AT_REST;
    this.#direct(this.#pole, side * x, y, z);
    arm.set(this.#from);
    bend(arm, 3, this.#from, this.#target, this.#pole, UPPER_ARM_M * size, FOREARM_M * size);
    if (!hand.known) this.#hang(hand.matrix, arm, side);
  }

  /** The target is the wrist of a hand that is known. */
  #seekWrist(matrix: Float32Array, side: Side): void {
    const aside = side * WRIST[0];
    for (let axis = 0; axis < 3; axis += 1) {
      this.#target[axis] = (matrix[12 + axis] ?? 0) + (matrix[axis] ?? 0) * aside + (matrix[4 + axis] ?? 0) * WRIST[1];
    }
  }

  /** The target is a wrist beside the body, or in a lap. */
  #rest(side: Side): void {
    const { drift, swing, seated } = this;
    if (seated) return this.#place(this.#target, side * REST.lap_side, -REST.lap_down + drift * 0.3, REST.lap_ahead);
    const ahead = REST.ahead - side * swing + side * drift;
    this.#place(this.#target, side * REST.side, -REST.down + Math.abs(swing) * 0.25, ahead);
  }

  /** A hand goes on where its forearm ends, the thumb ahead. */
  #hang(matrix: Float32Array, arm: Float32Array, side: Side): void {
    const { torso, size } = this;
    const [x, y, z] = [(torso[8] ?? 0) / size, (torso[9] ?? 0) / size, (torso[10] ?? 0) / size];
    composeLimb(matrix, 0, arm, 3, 6, x, y, z, size);
    const aside = side * WRIST[0];
    for (let axis = 0; axis < 3; axis += 1) {
      matrix[12 + axis] = (arm[6 + axis] ?? 0) - (matrix[axis] ?? 0) * aside - (matrix[4 + axis] ?? 0) * WRIST[1];
    }
  }

  #layLeg(side: Side): void {
    const { size } = this;
    const foot = side < 0 ? 0 : 1;
    const leg = this.#legs[foot];
    this.#place(this.#from, side * HIP.side, -HIP.down, HIP.ahead);
    const [x, y, z] = this.seated ? KNEE_SEATED : KNEE;
    this.#direct(this.#pole, side * x, y, z);
    leg.set(this.#from);
    bend(leg, 3, this.#from, this.ankles[foot], this.#pole, THIGH_M * size, SHIN_M * size);
  }
}

/**
 * Writes the hand of someone whose arm reaches from a shoulder for a thing: fingers towards it, the thumb on top, as far as
 * an arm is long. False where the thing is in no direction.
 */
export function composeReaching(
  out: Float32Array,
  posture: Posture,
  side: Side,
  things: Float32Array,
  from: number,
): boolean {
  const { torso, size } = posture;
  const aside = side * SHOULDER.side;
  const sx = (torso[12] ?? 0) + (torso[0] ?? 0) * aside - (torso[4] ?? 0) * SHOULDER.down;
  const sy = (torso[13] ?? 0) - (torso[5] ?? 0) * SHOULDER.down;
  const sz = (torso[14] ?? 0) + (torso[2] ?? 0) * aside - (torso[6] ?? 0) * SHOULDER.down;
  const [tx, ty, tz] = [(things[from + 12] ?? 0) - sx, (things[from + 13] ?? 0) - sy, (things[from + 14] ?? 0) - sz];
  const away = Math.sqrt(tx * tx + ty * ty + tz * tz);
  if (!(away > NOWHERE_M)) return false;
  const [dx, dy, dz] = [tx / away, ty / away, tz / away];
  LINE.set([sx, sy, sz, sx + dx, sy + dy, sz + dz]);
  const steep = Math.abs(dy) > STEEP;
  composeLimb(out, 0, LINE, 0, 3, steep ? (torso[8] ?? 0) : 0, steep ? 0 : 1, steep ? (torso[10] ?? 0) : 0, size);
  const reach = Math.min(ARM_M * size, away);
  out[12] = sx + dx * reach;
  out[13] = sy + dy * reach;
  out[14] = sz + dz * reach;
  return true;
}

/** From a shoulder towards a thing; one for all, since one reaches at a time. */
const LINE = new Float32Array(6);
