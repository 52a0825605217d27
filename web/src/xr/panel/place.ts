/**
 * Where a panel is, and where on it something points or touches. Pure; makes no garbage.
 *
 * A panel is turned as whoever looks straight at it: by a yaw, and by a pitch that is positive looking down.
 */
import type { Vector } from "../../scene/matrix";

/** A place of seven numbers (`rig.ts`), or the point at its beginning. */
type Point = ArrayLike<number>;

export class PanelPlace {
  x = 0;
  y = 0;
  z = 0;
  yaw = 0;
  pitch = 0;
  /** Metres of a dmm: as many thousandths as the panel is metres away. */
  scale = 0.001;
  /** Width and height, dmm. */
  readonly width: number;
  readonly height: number;
  /** Where the last question was answered: dmm from the left top, and metres before the panel. */
  u = 0;
  v = 0;
  front_m = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  /** Puts its middle before an eye at a distance, by the angles at which the eye sees it. */
  before(eye: Point, yaw: number, pitch: number, distance_m: number): void {
    const level = Math.cos(pitch) * distance_m;
    this.x = at(eye, 0) + Math.sin(yaw) * level;
    this.y = at(eye, 1) - Math.sin(pitch) * distance_m;
    this.z = at(eye, 2) + Math.cos(yaw) * level;
    [this.yaw, this.pitch, this.scale] = [yaw, pitch, distance_m / 1_000];
  }

  /** Puts its middle somewhere, upright for whoever looks along these angles; it looks as large as at `distance_m`. */
  put(x: number, y: number, z: number, yaw: number, pitch: number, distance_m: number): void {
    [this.x, this.y, this.z] = [x, y, z];
    [this.yaw, this.pitch, this.scale] = [yaw, pitch, distance_m / 1_000];
  }

  /** Where a point of its sheet is. */
  point(u: number, v: number): [number, number, number] {
    const [right, up] = [(u - this.width / 2) * this.scale, (this.height / 2 - v) * this.scale];
    const [sin_y, cos_y, sin_p, cos_p] = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
    return [this.x + right * cos_y + up * sin_y * sin_p, this.y + up * cos_p, this.z - right * sin_y + up * cos_y * sin_p];
  }

  /** How far along a ray its surface is, metres; undefined when the ray misses or comes from behind. Sets `u`, `v`. */
  meet(origin: Vector, direction: Vector): number | undefined {
    const towards = this.#along(direction[0], direction[1], direction[2]);
    if (towards < 1e-4) return undefined;
    const distance_m = this.#along(this.x - origin[0], this.y - origin[1], this.z - origin[2]) / towards;
    if (distance_m < 0) return undefined;
    const inside = this.touch(
      origin[0] + direction[0] * distance_m,
      origin[1] + direction[1] * distance_m,
      origin[2] + direction[2] * distance_m,
    );
    return inside ? distance_m : undefined;
  }

  /** Whether a point is before or behind its surface, not beside it. Sets `u`, `v`, `front_m`. */
  touch(x: number, y: number, z: number): boolean {
    const [dx, dy, dz] = [x - this.x, y - this.y, z - this.z];
    const [sin_y, cos_y, sin_p, cos_p] = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
    const right = dx * cos_y - dz * sin_y;
    const up = dx * sin_y * sin_p + dy * cos_p + dz * cos_y * sin_p;
    this.front_m = -this.#along(dx, dy, dz);
    this.u = this.width / 2 + right / this.scale;
    this.v = this.height / 2 - up / this.scale;
    return this.u >= 0 && this.v >= 0 && this.u < this.width && this.v < this.height;
  }

  /** The part of a way that goes into the panel. */
  #along(x: number, y: number, z: number): number {
    const level = Math.cos(this.pitch);
    return x * Math.sin(this.yaw) * level - y * Math.sin(this.pitch) + z * Math.cos(this.yaw) * level;
  }
}

function at(point: Point, axis: number): number {
  return point[axis] ?? 0;
}

/** An angle in (-π, π]. */
export function wrappedAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
