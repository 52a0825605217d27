/**
 * Feet: they stay where they stand until the body has gone or turned too far, then step, one at a time; who runs has a
 * cycle, who is in the air dangles, who sits has them ahead. Pure; makes no garbage.
 *
 * Left is foot 0, right is foot 1. Places are of the ankle's foot point on the floor.
 */
import { SEATED } from "./measures";

/** A foot steps when it is this far from where it belongs, metres, or turned away this far, radians. */
export const STEP_FROM_M = 0.25;
/** Who has stood so long, seconds, sets feet right that are this far off, metres. */
const SETTLE_AFTER_S = 0.35;
const SETTLE_FROM_M = 0.09;
/** Slower than this one stands, metres per second. */
const STANDING_M_S = 0.08;
export const STEP_FROM_RAD = (35 * Math.PI) / 180;
/** How long a step takes, seconds, and how high it goes, metres. */
export const STEP_S = 0.18;
const STEP_HIGH_M = 0.06;
/** From this speed on feet go in a cycle, metres per second; of this length, metres. */
export const CYCLE_FROM_M_S = 2;
const STRIDE_M = 1.4;
const CYCLE_HIGH_M = 0.13;
/** Ankles beside and behind the middle, toes turned out, metres and radians. */
const STANCE_M = 0.093;
const HEEL_M = 0.03;
const TURNED_OUT = 0.13;
/** A body that is elsewhere at once did not walk there, metres. */
const JUMP_M = 1.5;
/** The gap between a floor and legs at which someone is in the air, metres. */
export const AIRBORNE_M = 0.12;
/** What is higher than this between body and foot is no step, metres. */
const STEP_UP_M = 0.45;
/** From the hips of who sits down to where their feet hang at most, metres. */
const HANG_M = 0.62;
/** How fast feet follow a cycle, the air or a seat, per second. */
const FOLLOW_PER_S = 18;
/** How fast the measured speed follows, per second. */
const SPEED_PER_S = 9;

interface Foot {
  x: number;
  y: number;
  z: number;
  yaw: number;
  pitch: number;
  /** Where a step began and goes to; `way` from 0 to 1, at 1 it stands. */
  from_x: number;
  from_y: number;
  from_z: number;
  from_yaw: number;
  to_x: number;
  to_y: number;
  to_z: number;
  to_yaw: number;
  way: number;
}

/** Where the body is in this frame. */
export interface Stand {
  x: number;
  z: number;
  /** Where the head faces, radians. */
  yaw: number;
  size: number;
  /** Height of the floor under it, and of the hips, metres. */
  floor_y: number;
  hips_y: number;
  seated: boolean;
  airborne: boolean;
}

export type FloorUnder = (x: number, y: number, z: number) => number;

/** The feet of one person. */
export class Gait {
  readonly feet: readonly [Foot, Foot] = [newFoot(), newFoot()];
  /** Along the floor, metres per second. */
  speed_x = 0;
  speed_z = 0;
  /** Where in its cycle the gait is, 0..1. */
  phase = 0;
  #x = NaN;
  #stood_s = 0;
  /** Where a seat is, and the floor before it. */
  #seat_x = NaN;
  #seat_z = NaN;
  #seat_floor = 0;
  #z = NaN;

  get speed_m_s(): number {
    return Math.sqrt(this.speed_x * this.speed_x + this.speed_z * this.speed_z);
  }

  /** Where the feet point, radians: what the torso turns from. */
  get yaw(): number {
    const [left, right] = this.feet;
    return right.yaw + turnBetween(right.yaw, left.yaw) / 2;
  }

  /** Puts both feet under a body: somebody appears. */
  plant(stand: Stand): void {
    for (const foot of [0, 1] as const) this.#settle(foot, stand);
    [this.#x, this.#z, this.speed_x, this.speed_z] = [stand.x, stand.z, 0, 0];
  }

  go(stand: Stand, dt_s: number, floorUnder: FloorUnder): void {
    if (!(Math.hypot(stand.x - this.#x, stand.z - this.#z) < JUMP_M)) return this.plant(stand);
    if (dt_s <= 0) return;
    const share = 1 - Math.exp(-dt_s * SPEED_PER_S);
    this.speed_x += ((stand.x - this.#x) / dt_s - this.speed_x) * share;
    this.speed_z += ((stand.z - this.#z) / dt_s - this.speed_z) * share;
    [this.#x, this.#z] = [stand.x, stand.z];
    const speed = this.speed_m_s;
    this.#stood_s = speed < STANDING_M_S ? this.#stood_s + dt_s : 0;
    this.phase = (this.phase + (speed * dt_s) / STRIDE_M) % 1;
    if (stand.seated) return this.#sit(stand, dt_s, floorUnder);
    this.#seat_x = NaN;
    if (stand.airborne) this.#dangle(stand, dt_s);
    else if (speed > CYCLE_FROM_M_S) this.#run(stand, dt_s, speed);
    else this.#walk(stand, dt_s, floorUnder);
  }

  /** How far the left arm swings ahead, against the foot of its side, metres; the right one goes against it. */
  get swing(): number {
    const speed = Math.min(1, this.speed_m_s / 2.5);
    return speed < 0.05 ? 0 : -this.#lead * speed;
  }

  /** How far the left foot is ahead of the right one along where the body goes, at most 0.3 m. */
  get #lead(): number {
    const speed = this.speed_m_s;
    const [left, right] = this.feet;
    const ahead = ((left.x - right.x) * this.speed_x + (left.z - right.z) * this.speed_z) / speed;
    return Math.max(-0.3, Math.min(0.3, ahead * 0.5));
  }

  #walk(stand: Stand, dt_s: number, floorUnder: FloorUnder): void {
    const [left, right] = this.feet;
    for (const foot of this.feet) advance(foot, dt_s, stand.size);
    if (left.way < 1 || right.way < 1) return;
    const worse = this.#strain(0, stand) >= this.#strain(1, stand) ? 0 : 1;
    if (this.#strain(worse, stand) < 1) return;
    const foot = this.feet[worse];
    // It lands where the body will be in the middle of the next step.
    const ahead_s = STEP_S * 1.6;
    begin(foot, this.#homeX(worse, stand) + this.speed_x * ahead_s, this.#homeZ(worse, stand) + this.speed_z * ahead_s, stand, worse);
    const floor_y = floorUnder(foot.to_x, stand.hips_y, foot.to_z);
    if (Math.abs(floor_y - stand.floor_y) < STEP_UP_M) foot.to_y = floor_y;
  }

  /** How urgent a step of a foot is; from 1 on it steps. */
  #strain(side: 0 | 1, stand: Stand): number {
    const foot = this.feet[side];
    const [x, z] = [this.#homeX(side, stand) - foot.x, this.#homeZ(side, stand) - foot.z];
    const far = Math.sqrt(x * x + z * z) / ((this.#stood_s > SETTLE_AFTER_S ? SETTLE_FROM_M : STEP_FROM_M) * stand.size);
    const high = Math.abs(foot.y - stand.floor_y) > STEP_UP_M ? 2 : 0;
    return Math.max(far, high, Math.abs(turnBetween(foot.yaw, stand.yaw + outward(side))) / STEP_FROM_RAD);
  }

  #homeX(side: 0 | 1, { x, yaw, size }: Stand): number {
    return x + ((side === 0 ? -1 : 1) * Math.cos(yaw) * STANCE_M - Math.sin(yaw) * HEEL_M) * size;
  }

  #homeZ(side: 0 | 1, { z, yaw, size }: Stand): number {
    return z - ((side === 0 ? -1 : 1) * Math.sin(yaw) * STANCE_M + Math.cos(yaw) * HEEL_M) * size;
  }

  #settle(side: 0 | 1, stand: Stand): void {
    const foot = this.feet[side];
    [foot.x, foot.y, foot.z] = [this.#homeX(side, stand), stand.floor_y, this.#homeZ(side, stand)];
    [foot.yaw, foot.pitch, foot.way] = [stand.yaw + outward(side), 0, 1];
  }

  /** Half of a cycle a foot stands and stays behind, the other half it swings ahead. */
  #run(stand: Stand, dt_s: number, speed: number): void {
    const { size } = stand;
    const [dx, dz] = [this.speed_x / speed, this.speed_z / speed];
    for (const side of [0, 1] as const) {
      const at = (this.phase + side / 2) % 1;
      const swings = at >= 0.5;
      const way = swings ? (at - 0.5) * 2 : at * 2;
      const ahead = (swings ? -1 + 2 * smooth(way) : 1 - 2 * way) * (STRIDE_M / 4) * size;
      const high = swings ? Math.sin(Math.PI * way) * CYCLE_HIGH_M * size : 0;
      const [x, z] = [this.#homeX(side, stand) + dx * ahead, this.#homeZ(side, stand) + dz * ahead];
      follow(this.feet[side], x, stand.floor_y + high, z, stand.yaw, swings ? 0.6 * Math.sin(Math.PI * way) * (1 - way) * 2 : 0, 2 * dt_s);
    }
  }

  #dangle(stand: Stand, dt_s: number): void {
    for (const side of [0, 1] as const) {
      const back = side === 0 ? -0.1 : 0.02;
      const [x, z] = [this.#homeX(side, stand) + Math.sin(stand.yaw) * back, this.#homeZ(side, stand) + Math.cos(stand.yaw) * back];
      const y = stand.hips_y - (side === 0 ? 0.8 : 0.83) * stand.size;
      follow(this.feet[side], x, y, z, stand.yaw, 0.55, dt_s);
    }
  }

  #sit(stand: Stand, dt_s: number, floorUnder: FloorUnder): void {
    const { size, yaw } = stand;
    const [ahead, aside] = [SEATED.foot_ahead * size, SEATED.foot_side * size];
    if (stand.x !== this.#seat_x || stand.z !== this.#seat_z) {
      // Under the head is the seat; the feet's floor is asked for from below the table they may be under.
      [this.#seat_x, this.#seat_z] = [stand.x, stand.z];
      this.#seat_floor = floorUnder(stand.x + Math.sin(yaw) * ahead, stand.hips_y, stand.z + Math.cos(yaw) * ahead);
    }
    for (const side of [0, 1] as const) {
      const right = side === 0 ? -aside : aside;
      const x = stand.x + Math.sin(yaw) * ahead + Math.cos(yaw) * right;
      const z = stand.z + Math.cos(yaw) * ahead - Math.sin(yaw) * right;
      // A seat that is high lets the feet hang.
      const y = Math.max(this.#seat_floor, stand.hips_y - HANG_M * size);
      follow(this.feet[side], x, y, z, yaw + outward(side), 0, dt_s);
    }
  }
}

function newFoot(): Foot {
  return { x: 0, y: 0, z: 0, yaw: 0, pitch: 0, from_x: 0, from_y: 0, from_z: 0, from_yaw: 0, to_x: 0, to_y: 0, to_z: 0, to_yaw: 0, way: 1 };
}

function begin(foot: Foot, x: number, z: number, stand: Stand, side: 0 | 1): void {
  [foot.from_x, foot.from_y, foot.from_z, foot.from_yaw] = [foot.x, foot.y, foot.z, foot.yaw];
  [foot.to_x, foot.to_y, foot.to_z] = [x, stand.floor_y, z];
  foot.to_yaw = foot.yaw + turnBetween(foot.yaw, stand.yaw + outward(side));
  foot.way = 0;
}

function advance(foot: Foot, dt_s: number, size: number): void {
  if (foot.way >= 1) return;
  foot.way = Math.min(1, foot.way + dt_s / STEP_S);
  const way = smooth(foot.way);
  const high = Math.sin(Math.PI * foot.way);
  foot.x = foot.from_x + (foot.to_x - foot.from_x) * way;
  foot.z = foot.from_z + (foot.to_z - foot.from_z) * way;
  foot.y = foot.from_y + (foot.to_y - foot.from_y) * way + high * STEP_HIGH_M * size;
  foot.yaw = foot.from_yaw + (foot.to_yaw - foot.from_yaw) * way;
  foot.pitch = high * 0.35 * (1 - foot.way);
}

function follow(foot: Foot, x: number, y: number, z: number, yaw: number, pitch: number, dt_s: number): void {
  const share = 1 - Math.exp(-dt_s * FOLLOW_PER_S);
  foot.x += (x - foot.x) * share;
  foot.y += (y - foot.y) * share;
  foot.z += (z - foot.z) * share;
  foot.yaw += turnBetween(foot.yaw, yaw) * share;
  foot.pitch += (pitch - foot.pitch) * share;
  foot.way = 1;
}

function outward(side: 0 | 1): number {
  return side === 0 ? -TURNED_OUT : TURNED_OUT;
}

function smooth(way: number): number {
  return way * way * (3 - 2 * way);
}

/** The shortest turn from one direction to another, radians. */
export function turnBetween(from: number, to: number): number {
  const turn = (to - from) % (2 * Math.PI);
  if (turn > Math.PI) return turn - 2 * Math.PI;
  return turn < -Math.PI ? turn + 2 * Math.PI : turn;
}
