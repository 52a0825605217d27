/**
 * The head and what is on it: shell, dark glass face, headphones, eyes, mouth. Its middle is the origin, it looks along
 * +Z. Pure.
 */
import type { Vector } from "../matrix";
import { Clay, type Paint, squircle, tube } from "./clay";
import { EYES, GLASS, HEAD, MOUTH, PHONES, RINGS, SHELL } from "./measures";

/** The face's glass: half its width and height, radians; how boxy it is; how far it stands out, metres. */
const FACE = { wide: 0.86, high: 0.53, exponent: 2.8, proud_m: 0.008, sunk_m: -0.004, sides: 18 } as const;
/** Eyes: how far apart and how high, their half width and height, radians. */
const EYE = { aside: 0.29, up: 0.075, wide: 0.1, high: 0.2, proud_m: 0.0125, sides: 14 } as const;
const SMILE = { wide: 0.15, up: -0.265, bend: 0.07, thick: 0.034, proud_m: 0.0125, steps: 6 } as const;
/** The band of the headphones: how far off the head, how wide, how thick, metres. */
const BAND = { off_m: 0.013, half_m: 0.016, thick_m: 0.015, steps: 11, from: -0.08 } as const;
/** The cups: their middle, radius and thickness, metres. */
const CUP = { x: 0.15, y: -0.006, radius: 0.062, thick: 0.05, sides: 10 } as const;
/** How high the middle of the eyes is, metres: where they close. */
export const EYE_HEIGHT_M = 0.012;

/** A point of the head's surface where one looks at a yaw and pitch from its middle, and `lift` metres off it. */
export function headPoint(yaw: number, pitch: number, lift: number): Vector {
  const flat = Math.cos(pitch);
  return headTowards(Math.sin(yaw) * flat, Math.sin(pitch), Math.cos(yaw) * flat, lift);
}

export function headTowards(x: number, y: number, z: number, lift: number): Vector {
  const { exponent } = HEAD;
  const part = (value: number, half: number) => (Math.abs(value) / half) ** exponent;
  const reach = 1 / (part(x, HEAD.x) + part(y, HEAD.y) + part(z, HEAD.z)) ** (1 / exponent) + lift;
  const down = Math.min(1, Math.max(0, (-y * reach) / HEAD.y));
  return [x * reach * (1 - HEAD.jaw * down * down * (3 - 2 * down)), y * reach, z * reach];
}

/** Rings of the head's surface between two pitches, from the top down. */
export function headRings(from: number, to: number, bands: number, sides: number, lift: number): (readonly Vector[])[] {
  return Array.from({ length: bands + 1 }, (_, row) => {
    const pitch = from + ((to - from) * row) / bands;
    if (Math.abs(pitch) > Math.PI / 2 - 1e-3) return [headTowards(0, Math.sign(pitch), 0, lift)];
    return Array.from({ length: sides }, (_, side) => headPoint((2 * Math.PI * side) / sides, pitch, lift));
  });
}

/** A patch on the head's surface: an oval around a direction, half its width and height in radians, ring by ring. */
export function oval(
  clay: Clay,
  [yaw, pitch]: readonly [number, number],
  [wide, high]: readonly [number, number],
  rings: readonly (readonly [share: number, lift: number])[],
  sides: number,
  exponent: number,
  paint: Paint,
): Clay {
  const around = rings.map(([share, lift]) =>
    Array.from({ length: sides }, (_, side) => {
      const angle = (2 * Math.PI * side) / sides;
      const [x, y] = squircle(Math.cos(angle), Math.sin(angle), exponent);
      return headPoint(yaw + x * wide * share, pitch + y * high * share, lift);
    }),
  );
  return clay.skin([[headPoint(yaw, pitch, rings[0]?.[1] ?? 0)], ...around], paint);
}

export function headClay(): Clay {
  const clay = new Clay();
  const under = ([, y]: Vector) => (y < -0.05 ? 1 - Math.min(0.3, (-0.05 - y) * 3.4) : 1);
  clay.skin(headRings(Math.PI / 2, -Math.PI / 2, 9, 16, 0), SHELL, under);
  const { wide, high, proud_m, sunk_m, sides, exponent } = FACE;
  const rings = [[0.5, proud_m], [0.93, proud_m], [1, sunk_m]] as const;
  oval(clay, [0, 0.02], [wide, high], rings, sides, exponent, GLASS);
  headphones(clay);
  return clay;
}

function headphones(clay: Clay): void {
  const { off_m, half_m, thick_m, steps, from } = BAND;
  // A flat strip with rims over the top, from ear to ear: sections from left to right are a skin's rings.
  const sections = Array.from({ length: steps + 1 }, (_, step) => {
    const angle = from + ((Math.PI - 2 * from) * step) / steps;
    const at = (lift: number, z: number): Vector => {
      const [x, y] = headTowards(-Math.cos(angle), Math.sin(angle), 0, lift);
      return [x, y, z];
    };
    return [at(off_m, half_m), at(off_m + thick_m, half_m * 0.7), at(off_m + thick_m, -half_m * 0.7), at(off_m, -half_m)];
  });
  clay.skin(sections, PHONES);
  for (const side of [-1, 1]) {
    const [inner, outer]: [Vector, Vector] = [[side * (CUP.x - 0.022), CUP.y, 0], [side * (CUP.x + CUP.thick), CUP.y, 0]];
    const { radius } = CUP;
    const stops = [[0, radius * 0.8], [0.012, radius], [0.04, radius], [0.055, radius * 0.8], [0.058, 0]] as const;
    tube(clay, inner, outer, stops, CUP.sides, PHONES);
  }
}

export function eyesClay(): Clay {
  const clay = new Clay();
  const { aside, up, wide, high, proud_m, sides } = EYE;
  for (const side of [-1, 1]) oval(clay, [side * aside, up], [wide, high], [[1, proud_m]], sides, 2, EYES);
  return clay;
}

export function mouthClay(): Clay {
  const { wide, up, bend, thick, proud_m, steps } = SMILE;
  const line = (edge: number) =>
    Array.from({ length: steps + 1 }, (_, step) => {
      const share = (2 * step) / steps - 1;
      const half = (thick / 2) * edge * (1 - 0.7 * share * share);
      return headPoint(share * wide, up + bend * share * share + half, proud_m);
    });
  return new Clay().strip(line(1), line(-1), MOUTH);
}

/** Rings of light around both cups: someone speaks. */
export function ringsClay(): Clay {
  const clay = new Clay();
  const x = CUP.x - 0.022 + 0.05;
  for (const side of [-1, 1]) {
    const [from, to]: [Vector, Vector] = [[side * x, CUP.y, 0], [side * (x + 0.02), CUP.y, 0]];
    const stops = [[0, CUP.radius * 1.02], [0.008, CUP.radius * 1.1], [0.016, CUP.radius * 0.86]] as const;
    tube(clay, from, to, stops, 14, RINGS);
  }
  return clay;
}
