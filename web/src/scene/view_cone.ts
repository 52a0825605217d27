/**
 * What the eye can see: a pyramid of four planes, and where in the picture a place is. Pure; aiming makes no garbage.
 *
 * Knows neither camera nor people; whoever moves the camera tells it.
 */
import type { Vector } from "./matrix";

export class ViewCone {
  /** Where the eye is, metres. */
  x = 0;
  y = 0;
  z = 0;
  /** Where the last `aim` was: along the view, to its right and upwards, metres. */
  depth = 0;
  across = 0;
  above = 0;
  #right: Vector = [1, 0, 0];
  #up: Vector = [0, 1, 0];
  #ahead: Vector = [0, 0, 1];
  #tan_x = 1;
  #tan_y = 1;
  #slope_x = Math.SQRT2;
  #slope_y = Math.SQRT2;

  /** Puts the eye at a place: position and quaternion. */
  look(place: Float32Array): void {
    const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = place;
    [this.x, this.y, this.z] = [x, y, z];
    this.#right = [1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy + qz * qw), 2 * (qx * qz - qy * qw)];
    this.#up = [2 * (qx * qy - qz * qw), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz + qx * qw)];
    this.#ahead = [2 * (qx * qz + qy * qw), 2 * (qy * qz - qx * qw), 1 - 2 * (qx * qx + qy * qy)];
  }

  /** The vertical field of view, radians, and width over height. */
  open(field_of_view: number, aspect: number): void {
    this.#tan_y = Math.tan(field_of_view / 2);
    this.#tan_x = this.#tan_y * aspect;
    this.#slope_x = Math.sqrt(1 + this.#tan_x * this.#tan_x);
    this.#slope_y = Math.sqrt(1 + this.#tan_y * this.#tan_y);
  }

  /** Takes aim at a place: `depth`, `across` and `above` say where it is in the picture. */
  aim(x: number, y: number, z: number): void {
    const dx = x - this.x;
    const dy = y - this.y;
    const dz = z - this.z;
    const [right, up, ahead] = [this.#right, this.#up, this.#ahead];
    this.across = dx * right[0] + dy * right[1] + dz * right[2];
    this.above = dx * up[0] + dy * up[1] + dz * up[2];
    this.depth = dx * ahead[0] + dy * ahead[1] + dz * ahead[2];
  }

  /** Whether any of a ball around the place aimed at may be in the picture. */
  sees(radius_m: number): boolean {
    if (this.depth < -radius_m) return false;
    if (Math.abs(this.across) > this.depth * this.#tan_x + radius_m * this.#slope_x) return false;
    return Math.abs(this.above) <= this.depth * this.#tan_y + radius_m * this.#slope_y;
  }
}
