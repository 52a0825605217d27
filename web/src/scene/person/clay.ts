/**
 * Shapes by hand: rings of points that become closed skins, patches and strips, each corner with its own paint. Pure.
 *
 * Owns how corners become triangles that look outwards and how normals are rounded. Knows no Babylon and no figure.
 */
import type { Vector } from "../matrix";

/** What a part is made of. */
export interface Paint {
  /** Its own colour. */
  readonly rgb: Vector;
  /** How much of the person's colour it takes, 0..1. */
  readonly tint: number;
  /** 0 a mirror … 1 matte. */
  readonly roughness: number;
  /** How much it shines by itself, 0..1. */
  readonly emissive: number;
}

/** How dark a corner is, by its place: shade under a chin, at a hem. */
export type Shade = (point: Vector) => number;

const LIT: Shade = () => 1;
/** Corners nearer than this are one when normals are rounded, metres. */
const WELD_M = 1e-4;

/** Corners and triangles as plain numbers. */
export class Clay {
  readonly positions: number[] = [];
  readonly normals: number[] = [];
  /** Red, green, blue, and the tint share. */
  readonly colors: number[] = [];
  /** Roughness and emissive. */
  readonly traits: number[] = [];
  readonly indices: number[] = [];

  get triangles(): number {
    return this.indices.length / 3;
  }

  get corners(): number {
    return this.positions.length / 3;
  }

  /**
   * A skin over rings of equally many points from the top down, each a turn around the axis from +Z over +X. A ring of
   * one point is a tip. A patch is a skin that begins with its middle: one that looks along +Z turns from +X over +Y.
   */
  skin(rings: readonly (readonly Vector[])[], paint: Paint | readonly Paint[], shade: Shade = LIT): this {
    const from = this.corners;
    const starts: number[] = [];
    for (const [row, ring] of rings.entries()) {
      starts.push(this.corners);
      const own = isPaint(paint) ? paint : (paint[row] ?? paint[paint.length - 1]);
      if (own === undefined) throw new Error("a skin has paint");
      for (const point of ring) this.#corner(point, own, shade(point));
    }
    const triangles = this.indices.length;
    for (let row = 1; row < rings.length; row += 1) {
      this.#band(starts[row - 1] ?? 0, rings[row - 1]?.length ?? 0, starts[row] ?? 0, rings[row]?.length ?? 0);
    }
    this.#roundOff(from, triangles);
    return this;
  }

  /** A strip between two open lines, `upper` above `lower`: one that looks along +Z goes from -X to +X. */
  strip(upper: readonly Vector[], lower: readonly Vector[], paint: Paint): this {
    const [from, triangles] = [this.corners, this.indices.length];
    for (const point of [...upper, ...lower]) this.#corner(point, paint, 1);
    for (let step = 1; step < upper.length; step += 1) {
      const [b, d] = [from + step, from + upper.length + step];
      this.indices.push(b - 1, d - 1, b, b, d - 1, d);
    }
    this.#roundOff(from, triangles);
    return this;
  }

  /** Left becomes right. */
  mirrored(): this {
    for (let at = 0; at < this.positions.length; at += 3) {
      this.positions[at] = -(this.positions[at] ?? 0);
      this.normals[at] = -(this.normals[at] ?? 0);
    }
    this.indices.reverse();
    return this;
  }

  add(other: Clay): this {
    const from = this.corners;
    this.positions.push(...other.positions);
    this.normals.push(...other.normals);
    this.colors.push(...other.colors);
    this.traits.push(...other.traits);
    for (const index of other.indices) this.indices.push(from + index);
    return this;
  }

  #corner([x, y, z]: Vector, { rgb, tint, roughness, emissive }: Paint, shade: number): void {
    this.positions.push(x, y, z);
    this.normals.push(0, 0, 0);
    this.colors.push(rgb[0] * shade, rgb[1] * shade, rgb[2] * shade, tint);
    this.traits.push(roughness, emissive);
  }

  #band(upper: number, upper_count: number, lower: number, lower_count: number): void {
    const count = Math.max(upper_count, lower_count);
    for (let side = 0; side < count; side += 1) {
      const next = (side + 1) % count;
      const [a, b] = upper_count === 1 ? [upper, upper] : [upper + side, upper + next];
      const [c, d] = lower_count === 1 ? [lower, lower] : [lower + side, lower + next];
      if (a !== b) this.indices.push(a, c, b);
      if (c !== d) this.indices.push(b, c, d);
    }
  }

  /** Normals of the corners since `from`, from the triangles since `triangles`: corners in one place share one. */
  #roundOff(from: number, triangles: number): void {
    const sums = new Map<string, [number, number, number]>();
    const keyOf = (corner: number) =>
      [0, 1, 2].map((axis) => Math.round((this.positions[3 * corner + axis] ?? 0) / WELD_M)).join();
    for (let at = triangles; at < this.indices.length; at += 3) {
      const [a = 0, b = 0, c = 0] = this.indices.slice(at, at + 3);
      const [nx, ny, nz] = this.#facing(a, b, c);
      for (const corner of [a, b, c]) {
        const sum = sums.get(keyOf(corner)) ?? [0, 0, 0];
        sums.set(keyOf(corner), [sum[0] + nx, sum[1] + ny, sum[2] + nz]);
      }
    }
    for (let corner = from; corner < this.corners; corner += 1) {
      const [x, y, z] = sums.get(keyOf(corner)) ?? [0, 1, 0];
      const length = Math.hypot(x, y, z) || 1;
      this.normals.splice(3 * corner, 3, x / length, y / length, z / length);
    }
  }

  /** Where a triangle looks, as long as it is large. */
  #facing(a: number, b: number, c: number): Vector {
    const edge = (to: number, axis: number) => (this.positions[3 * to + axis] ?? 0) - (this.positions[3 * a + axis] ?? 0);
    const [ux, uy, uz] = [edge(b, 0), edge(b, 1), edge(b, 2)];
    const [vx, vy, vz] = [edge(c, 0), edge(c, 1), edge(c, 2)];
    return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  }
}

function isPaint(paint: Paint | readonly Paint[]): paint is Paint {
  return !Array.isArray(paint);
}

/** A level ring around the vertical axis: half widths in x and z, a circle at exponent 2, boxier above it. */
export function ring(y: number, width: number, depth: number, sides: number, exponent = 2, turn = 0): readonly Vector[] {
  return Array.from({ length: sides }, (_, side) => {
    const angle = ((side + turn) / sides) * 2 * Math.PI;
    const [x, z] = squircle(Math.sin(angle), Math.cos(angle), exponent);
    return [x * width, y, z * depth] as const;
  });
}

/** A direction of length one put on the line |x|^n + |y|^n = 1. */
export function squircle(x: number, y: number, exponent: number): readonly [number, number] {
  const length = (Math.abs(x) ** exponent + Math.abs(y) ** exponent) ** (1 / exponent);
  return [x / length, y / length];
}

/** A round tube between two points, its ends capped: radii and how far along they are, metres. */
export function tube(
  clay: Clay,
  [ax, ay, az]: Vector,
  [bx, by, bz]: Vector,
  stops: readonly (readonly [along: number, radius: number])[],
  sides: number,
  paint: Paint | readonly Paint[],
  shade?: Shade,
): Clay {
  const [dx, dy, dz] = [bx - ax, by - ay, bz - az];
  const length = Math.hypot(dx, dy, dz);
  const down: Vector = [dx / length, dy / length, dz / length];
  // Any frame around it: +Z as far as that is across.
  const ahead: Vector = Math.abs(down[2]) > 0.9 ? [0, 1, 0] : [0, 0, 1];
  const along = ahead[0] * down[0] + ahead[1] * down[1] + ahead[2] * down[2];
  const raw = [ahead[0] - along * down[0], ahead[1] - along * down[1], ahead[2] - along * down[2]] as const;
  const size = Math.hypot(...raw);
  const front: Vector = [raw[0] / size, raw[1] / size, raw[2] / size];
  // Seen with the tube pointing down, a turn goes from the front to the right.
  const side: Vector = [
    front[1] * down[2] - front[2] * down[1],
    front[2] * down[0] - front[0] * down[2],
    front[0] * down[1] - front[1] * down[0],
  ];
  const rings = stops.map(([at, radius]) =>
    Array.from({ length: radius === 0 ? 1 : sides }, (_, index) => {
      const angle = (index / sides) * 2 * Math.PI;
      const [s, c] = [Math.sin(angle) * radius, Math.cos(angle) * radius];
      return [
        ax + down[0] * at + side[0] * s + front[0] * c,
        ay + down[1] * at + side[1] * s + front[1] * c,
        az + down[2] * at + side[2] * s + front[2] * c,
      ] as const;
    }),
  );
  return clay.skin(rings, paint, shade);
}
