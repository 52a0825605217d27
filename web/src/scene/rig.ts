/**
 * Where a visitor stands and what of them is tracked: the floor under them, which locomotion moves, and on it a head and
 * hands, which a headset (or, on a desktop, eye height and pitch) places.
 *
 * Plain numbers; a place is seven of them: position and quaternion. Pure; knows neither camera nor headset.
 */
import { JOINTS } from "../core/generated";

/** Numbers of a place. */
export const PLACE_FLOATS = 7;
/** Numbers of a hand's joints: a point each. */
export const JOINTS_FLOATS = 3 * JOINTS;

/** A hand in the rig's frame. */
export interface Hand {
  tracked: boolean;
  readonly place: Float32Array;
  /** Whether its joints are known, too. */
  jointed: boolean;
  /** Points in the hand's own frame, metres. */
  readonly joints: Float32Array;
  /** How far a controller's trigger and squeeze are pressed, 0 to 1; negative where it is none. */
  readonly pressed: Float32Array;
  /** Where the hand points: the beginning of a ray along +Z of this place; `aims` while that is known. */
  readonly aim: Float32Array;
  aims: boolean;
  /** A controller's thumbstick: to the right and ahead, -1 to 1 each; 0 where it is none. */
  readonly stick: Float32Array;
  /** Whether its thumbstick, its lower button (A, X) and its upper one (B, Y) are pressed. */
  stick_pressed: boolean;
  lower_pressed: boolean;
  upper_pressed: boolean;
  /** A finger and thumb that meet, of a hand without a controller. */
  pinched: boolean;
  /** Lets the hand feel something, 0 to 1 for so many milliseconds; replaces what it feels. Undefined where it cannot. */
  pulse: ((strength: number, duration_ms: number) => void) | undefined;
}

export class Rig {
  x = 0;
  y = 0;
  z = 0;
  /** Radians; 0 looks along +Z, positive turns towards +X. */
  yaw = 0;
  /** In the rig's frame. */
  readonly head = newPlace();
  readonly left = newHand();
  readonly right = newHand();
  /** True while a headset places the head; hands exist only then. */
  tracked = false;
  /** The headset's middle was put elsewhere: head and hands are where they are now without having gone there. */
  recentred = false;

  /** Puts the floor somewhere. */
  stand(x: number, y: number, z: number, yaw: number): void {
    [this.x, this.y, this.z, this.yaw] = [x, y, z, yaw];
  }

  /** Holds an untracked head at a height, metres, and a pitch, radians (positive looks down); a tracked one stays. */
  hold(height_m: number, pitch: number): void {
    if (this.tracked) return;
    const { head } = this;
    head.fill(0);
    head[1] = height_m;
    head[3] = Math.sin(pitch / 2);
    head[6] = Math.cos(pitch / 2);
  }

  /** Nothing is tracked any more. */
  release(): void {
    this.tracked = this.recentred = false;
    for (const hand of [this.left, this.right]) letGo(hand);
  }

  /** A place of the rig's frame, in the room. */
  toRoom(place: Float32Array, out: Float32Array): Float32Array {
    const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = place;
    const [sin, cos] = [Math.sin(this.yaw), Math.cos(this.yaw)];
    out[0] = this.x + x * cos + z * sin;
    out[1] = this.y + y;
    out[2] = this.z + z * cos - x * sin;
    const [half_sin, half_cos] = [Math.sin(this.yaw / 2), Math.cos(this.yaw / 2)];
    out[3] = half_cos * qx + half_sin * qz;
    out[4] = half_cos * qy + half_sin * qw;
    out[5] = half_cos * qz - half_sin * qx;
    out[6] = half_cos * qw - half_sin * qy;
    return out;
  }
}

function newPlace(): Float32Array {
  const place = new Float32Array(PLACE_FLOATS);
  place[6] = 1;
  return place;
}

function newHand(): Hand {
  return {
    tracked: false,
    place: newPlace(),
    jointed: false,
    joints: new Float32Array(JOINTS_FLOATS),
    pressed: Float32Array.of(-1, -1),
    aim: newPlace(),
    aims: false,
    stick: new Float32Array(2),
    stick_pressed: false,
    lower_pressed: false,
    upper_pressed: false,
    pinched: false,
    pulse: undefined,
  };
}

/** A hand that is not tracked presses nothing. */
export function letGo(hand: Hand): void {
  hand.tracked = hand.jointed = hand.aims = hand.pinched = false;
  hand.stick_pressed = hand.lower_pressed = hand.upper_pressed = false;
  hand.pressed.fill(-1);
  hand.stick.fill(0);
  hand.pulse = undefined;
}
