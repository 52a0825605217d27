/**
 * What follows a head lazily: it stays while the head looks about, and glides after it when it has turned away. Pure.
 */
import { wrappedAngle } from "./place";

/** The head may turn this far away before it is followed; then it is followed until this near, radians. */
const TURN_FROM = 0.42;
const TURN_UNTIL = 0.04;
/** How fast it follows, per second. */
const TURN_PER_S = 4;
const MOVE_PER_S = 7;
/** A head that is this far away jumped, metres: nothing glides after it. */
const JUMP_M = 1;

export class Follower {
  /** Where the head is taken to be. */
  readonly point: [number, number, number] = [0, 0, 0];
  yaw = 0;
  #turning = false;
  #known = false;

  /** A frame: where the head is and looks; `at_once` for those who want nothing to glide. */
  step(x: number, y: number, z: number, yaw: number, dt_s: number, at_once: boolean): void {
    const { point } = this;
    const apart = Math.hypot(x - point[0], y - point[1], z - point[2]);
    if (!this.#known || apart > JUMP_M) {
      [point[0], point[1], point[2], this.yaw, this.#known] = [x, y, z, yaw, true];
      return;
    }
    const near = at_once ? 1 : 1 - Math.exp(-MOVE_PER_S * dt_s);
    point[0] += (x - point[0]) * near;
    point[1] += (y - point[1]) * near;
    point[2] += (z - point[2]) * near;
    const turn = wrappedAngle(yaw - this.yaw);
    if (Math.abs(turn) > TURN_FROM) this.#turning = true;
    if (Math.abs(turn) < TURN_UNTIL) this.#turning = false;
    if (this.#turning) this.yaw += turn * (at_once ? 1 : 1 - Math.exp(-TURN_PER_S * dt_s));
  }
}
