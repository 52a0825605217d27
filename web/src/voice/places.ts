/**
 * Where sounds are, in the frame of Web Audio. Pure.
 *
 * The room is left-handed and looks along +Z, Web Audio right-handed along -Z: places as they are would swap before and
 * behind. What is right stays right when Z is mirrored.
 */

/** A sound that moved less than this, metres, is where it was: telling it costs more than it changes. */
const MOVED_M = 0.05;
/** A head that turned less than this (the change of its direction's parts) looks where it looked. */
const TURNED = 0.02;
/** Nearer than this, metres, nobody gets louder. */
export const NEAR_M = 1;
/** Farther than this, metres, nobody gets quieter. */
export const FAR_M = 40;

/** A place in the frame of Web Audio that changes only when it matters. */
export class Spot {
  x = NaN;
  y = NaN;
  z = NaN;

  /** It is nowhere until it is told where it is. */
  forget(): void {
    this.x = this.y = this.z = NaN;
  }

  get known(): boolean {
    return !Number.isNaN(this.x);
  }

  /** Goes to a place of the room; false when it is there already. */
  go(x: number, y: number, z: number): boolean {
    const far = Math.hypot(x - this.x, y - this.y, -z - this.z);
    if (far < MOVED_M) return false;
    [this.x, this.y, this.z] = [x, y, -z];
    return true;
  }
}

/** Where the listener is and how their head is turned. */
export class Head {
  readonly at = new Spot();
  /** Where it looks, and its upright, in the frame of Web Audio. */
  readonly ahead: [number, number, number] = [0, 0, -1];
  readonly up: [number, number, number] = [0, 1, 0];
  #told = false;

  /** Follows a place of the room (position and quaternion); false when nothing is to be told. */
  go([x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1]: ArrayLike<number> & Iterable<number>): boolean {
    const ahead = [2 * (qx * qz + qy * qw), 2 * (qy * qz - qx * qw), -(1 - 2 * (qx * qx + qy * qy))] as const;
    const up = [2 * (qx * qy - qz * qw), 1 - 2 * (qx * qx + qz * qz), -2 * (qy * qz + qx * qw)] as const;
    const moved = this.at.go(x, y, z);
    if (!moved && this.#told && apart(ahead, this.ahead) < TURNED && apart(up, this.up) < TURNED) return false;
    this.#told = true;
    [this.ahead[0], this.ahead[1], this.ahead[2]] = ahead;
    [this.up[0], this.up[1], this.up[2]] = up;
    return true;
  }
}

function apart(a: readonly [number, number, number], b: readonly [number, number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** How loud somebody is from afar, as a panner has it ("inverse", rolloff 1), for who hears without direction. */
export function distanceGain(distance_m: number): number {
  return NEAR_M / Math.min(FAR_M, Math.max(NEAR_M, distance_m));
}
