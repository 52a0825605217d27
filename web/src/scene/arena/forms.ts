/**
 * Forms of toys by hand, on top of `person/clay`: boxy balls with patches on them, and bars across a line. Pure.
 */
import type { Vector } from "../matrix";
import { Clay, type Paint, type Shade, squircle } from "../person/clay";

/** A boxy ball: its middle, half axes and how boxy it is (2 is round). */
export interface Ball {
  readonly at: Vector;
  readonly half: Vector;
  readonly exponent: number;
}

export function ball(at: Vector, half: Vector, exponent = 2.3): Ball {
  return { at, half, exponent };
}

/** Paint of a colour as people write it, as a number. */
export function paint(value: number, roughness = 0.7, emissive = 0, tint = 0): Paint {
  return { rgb: [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255], tint, roughness, emissive };
}

/** What takes the instance's colour: as it is, and shining in it. */
export const TINTED: Paint = { rgb: [1, 1, 1], tint: 1, roughness: 0.55, emissive: 0 };
export const GLOWING: Paint = { rgb: [1, 1, 1], tint: 1, roughness: 0.5, emissive: 1 };

/** A point of a ball's surface where one looks at a yaw and pitch from its middle, `lift` metres off it. */
export function pointOn({ at, half, exponent }: Ball, yaw: number, pitch: number, lift = 0): Vector {
  const flat = Math.cos(pitch);
  const [x, y, z] = [Math.sin(yaw) * flat, Math.sin(pitch), Math.cos(yaw) * flat];
  const part = (value: number, axis: number) => (Math.abs(value) / axis) ** exponent;
  const reach = 1 / (part(x, half[0]) + part(y, half[1]) + part(z, half[2])) ** (1 / exponent) + lift;
  return [at[0] + x * reach, at[1] + y * reach, at[2] + z * reach];
}

export function addBall(clay: Clay, form: Ball, skin: Paint, sides: number, bands: number, shade?: Shade): Clay {
  const rings = Array.from({ length: bands + 1 }, (_, row) => {
    const pitch = Math.PI / 2 - (Math.PI * row) / bands;
    if (row === 0 || row === bands) return [pointOn(form, 0, pitch)];
    return Array.from({ length: sides }, (_, side) => pointOn(form, (2 * Math.PI * side) / sides, pitch));
  });
  return clay.skin(rings, skin, shade);
}

/** An oval patch on a ball around a direction, its half width and height in radians; it stands out and its rim is sunk. */
export function addPatch(
  clay: Clay,
  form: Ball,
  [yaw, pitch]: readonly [number, number],
  [wide, high]: readonly [number, number],
  skin: Paint,
  lift: number,
  sides = 14,
  exponent = 2.4,
): Clay {
  const around = ([share, off]: readonly [number, number]) =>
    Array.from({ length: sides }, (_, side) => {
      const angle = (2 * Math.PI * side) / sides;
      const [x, y] = squircle(Math.cos(angle), Math.sin(angle), exponent);
      return pointOn(form, yaw + x * wide * share, pitch + y * high * share, off);
    });
  return clay.skin([[pointOn(form, yaw, pitch, lift)], ...([[0.55, lift], [0.92, lift], [1, -0.012]] as const).map(around)], skin);
}

/** Where a bar is cut across: how far along +Z, half width and height, how high its middle is. */
export type Cut = readonly [z: number, wide: number, high: number, y?: number];

/** A bar along +Z with rounded edges and closed ends. */
export function addBar(clay: Clay, cuts: readonly Cut[], skin: Paint | readonly Paint[], sides = 10, exponent = 3.2, x = 0, shade?: Shade): Clay {
  const rings = cuts.map(([z, wide, high, y = 0]) =>
    Array.from({ length: sides }, (_, side) => {
      const angle = ((side + 0.5) / sides) * 2 * Math.PI;
      const [across, up] = squircle(Math.sin(angle), Math.cos(angle), exponent);
      return [x + across * wide, y + up * high, z] as const;
    }),
  );
  const [first, last] = [cuts[0], cuts[cuts.length - 1]];
  if (first === undefined || last === undefined) return clay;
  const paints = isPaint(skin) ? skin : [skin[0] as Paint, ...skin, skin[skin.length - 1] as Paint];
  return clay.skin([[[x, first[3] ?? 0, first[0]]], ...rings, [[x, last[3] ?? 0, last[0]]]], paints, shade);
}

/** A rounded box around a point. */
export function addBox(clay: Clay, [x, y, z]: Vector, [hx, hy, hz]: Vector, skin: Paint, round = 0.012): Clay {
  const r = Math.min(round, hx * 0.6, hy * 0.6, hz * 0.6);
  const cuts: readonly Cut[] = [
    [z - hz, hx - r, hy - r, y],
    [z - hz + r, hx, hy, y],
    [z + hz - r, hx, hy, y],
    [z + hz, hx - r, hy - r, y],
  ];
  return addBar(clay, cuts, skin, 12, 6, x);
}

function isPaint(skin: Paint | readonly Paint[]): skin is Paint {
  return !Array.isArray(skin);
}

/** Moves what was made so far. */
export function moved(clay: Clay, [x, y, z]: Vector, size = 1): Clay {
  const { positions } = clay;
  for (let at = 0; at < positions.length; at += 3) {
    positions[at] = (positions[at] ?? 0) * size + x;
    positions[at + 1] = (positions[at + 1] ?? 0) * size + y;
    positions[at + 2] = (positions[at + 2] ?? 0) * size + z;
  }
  return clay;
}

/** Turns what was made so far about X, radians; positive leans +Y ahead. */
export function leaned(clay: Clay, by: number): Clay {
  const [sine, cosine] = [Math.sin(by), Math.cos(by)];
  for (const list of [clay.positions, clay.normals]) {
    for (let at = 0; at < list.length; at += 3) {
      const [y, z] = [list[at + 1] ?? 0, list[at + 2] ?? 0];
      list[at + 1] = y * cosine - z * sine;
      list[at + 2] = y * sine + z * cosine;
    }
  }
  return clay;
}
