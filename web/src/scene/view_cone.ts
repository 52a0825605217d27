/**
 * What the eye can see: a pyramid of four planes, and where in the picture a place is. Pure; makes no garbage.
 *
 * Knows neither camera nor people; whoever moves the camera tells it.
 */

export class ViewCone {
  /** Where the eye is, metres. */
  x = 0;
  y = 0;
  z = 0;
  /** Where the last `aim` was: along the view, to its right and upwards, metres. */
  depth = 0;
  across = 0;
  above = 0;
  #sin_yaw = 0;
  #cos_yaw = 1;
  #sin_pitch = 0;
  #cos_pitch = 1;
  #tan_x = 1;
  #tan_y = 1;
  #slope_x = Math.SQRT2;
  #slope_y = Math.SQRT2;

  /** Puts the eye somewhere; a positive pitch looks down. */
  look(x: number, y: number, z: number, yaw: number, pitch: number): void {
    this.x = x;
    this.y = y;
    this.z = z;
    this.#sin_yaw = Math.sin(yaw);
    this.#cos_yaw = Math.cos(yaw);
    this.#sin_pitch = Math.sin(pitch);
    this.#cos_pitch = Math.cos(pitch);
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
    const ahead = dx * this.#sin_yaw + dz * this.#cos_yaw;
    this.across = dx * this.#cos_yaw - dz * this.#sin_yaw;
    this.depth = ahead * this.#cos_pitch - dy * this.#sin_pitch;
    this.above = ahead * this.#sin_pitch + dy * this.#cos_pitch;
  }

  /** Whether any of a ball around the place aimed at may be in the picture. */
  sees(radius_m: number): boolean {
    if (this.depth < -radius_m) return false;
    if (Math.abs(this.across) > this.depth * this.#tan_x + radius_m * this.#slope_x) return false;
    return Math.abs(this.above) <= this.depth * this.#tan_y + radius_m * this.#slope_y;
  }
}
