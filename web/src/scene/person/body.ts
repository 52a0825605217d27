/**
 * The body's parts: torso (its origin is the neck's root), limbs (from their upper joint along -Y), mittens (as a hand
 * lies in its place: fingers along -Y, the thumb's side +Z), boots (from the ankle). All look along +Z. Pure.
 */
import type { Vector } from "../matrix";
import { Clay, type Paint, ring, tube } from "./clay";
import { ANKLE_M, BADGE, BOOTS, CLOTH, FOREARM_M, NECK, PLASTER, PLINTH, SHIN_M, THIGH_M, TROUSERS, UPPER_ARM_M, WRIST } from "./measures";

const SIDES = 12;
const ORIGIN: Vector = [0, 0, 0];

/** A torso's line: height, half width, depth over width, paint, shade. */
type Stop = readonly [y: number, width: number, flat: number, paint: Paint, shade: number];
const TORSO: readonly Stop[] = [
  [0.085, 0.05, 1, NECK, 0.8],
  [0.02, 0.056, 1, NECK, 0.8],
  [0.022, 0.078, 1, CLOTH, 0.6],
  [0.036, 0.092, 0.98, CLOTH, 0.86],
  [0.018, 0.107, 0.95, CLOTH, 1],
  [-0.014, 0.108, 0.92, CLOTH, 0.9],
  [-0.03, 0.096, 0.9, CLOTH, 0.6],
  [-0.042, 0.116, 0.86, CLOTH, 0.72],
  [-0.066, 0.164, 0.74, CLOTH, 0.98],
  [-0.102, 0.189, 0.7, CLOTH, 1],
  [-0.19, 0.184, 0.72, CLOTH, 0.97],
  [-0.3, 0.168, 0.72, CLOTH, 1],
  [-0.38, 0.163, 0.72, CLOTH, 1],
  [-0.462, 0.178, 0.72, CLOTH, 0.97],
  [-0.476, 0.174, 0.74, CLOTH, 0.78],
  [-0.488, 0.18, 0.74, CLOTH, 0.96],
  [-0.508, 0.176, 0.74, CLOTH, 0.86],
  [-0.514, 0.162, 0.76, TROUSERS, 0.72],
  [-0.57, 0.16, 0.76, TROUSERS, 0.96],
  [-0.615, 0.112, 0.8, TROUSERS, 0.96],
];

/** What a figure stands on that is looked at; its top is at 0. */
export function plinthClay(): Clay {
  const { radius, high } = PLINTH;
  const rows = [[0, radius - 0.02], [-0.02, radius], [-high, radius]] as const;
  const skin = rows.map(([y, wide]) => ring(y, wide, wide, 28));
  return new Clay().skin([[ORIGIN], ...skin, [[0, -high, 0]]], PLASTER, ([, y]) => (y < -0.02 ? 0.8 : 1));
}

export function torsoClay(): Clay {
  const rows = TORSO.map(([y, width, flat]) => ring(y, width, width * flat, SIDES, y > -0.06 ? 2 : 2.35));
  const shades = new Map(TORSO.map(([y, , , , shade]) => [y, shade]));
  const clay = new Clay().skin(
    [...rows, [[0, -0.63, 0]]],
    [...TORSO.map((stop) => stop[3]), TROUSERS],
    ([x, y]) => (shades.get(y) ?? 0.96) * (y < -0.1 && y > -0.2 && Math.abs(x) > 0.15 ? 0.88 : 1),
  );
  const [bx, by, radius] = [-0.078, -0.165, 0.0165];
  const badge = Array.from({ length: 8 }, (_, side): Vector => {
    const angle = (2 * Math.PI * side) / 8;
    return [bx + Math.cos(angle) * radius, by + Math.sin(angle) * radius, 0.1225 - Math.cos(angle) * radius * -0.35];
  });
  return clay.skin([[[bx, by, 0.129]], badge], BADGE);
}

export function upperArmClay(): Clay {
  const end = UPPER_ARM_M;
  const stops = [[-0.056, 0], [-0.04, 0.04], [0, 0.057], [0.1, 0.055], [end, 0.049], [end + 0.036, 0.033], [end + 0.047, 0]] as const;
  return tube(new Clay(), ORIGIN, [0, -1, 0], stops, 8, CLOTH);
}

export function forearmClay(): Clay {
  const end = FOREARM_M;
  const stops = [
    [-0.047, 0], [-0.033, 0.034], [0, 0.0495], [end - 0.05, 0.0425], [end - 0.044, 0.051], [end - 0.006, 0.0515],
    [end + 0.002, 0.042], [end - 0.004, 0],
  ] as const;
  const dark = ([, y]: Vector) => (y < -end + 0.003 ? 0.6 : Math.abs(y + end - 0.05) < 0.003 ? 0.78 : 1);
  return tube(new Clay(), ORIGIN, [0, -1, 0], stops, 8, CLOTH, dark);
}

export function thighClay(): Clay {
  const end = THIGH_M;
  const stops = [[-0.07, 0], [-0.05, 0.062], [0, 0.085], [0.18, 0.079], [end, 0.066], [end + 0.045, 0.045], [end + 0.06, 0]] as const;
  return tube(new Clay(), ORIGIN, [0, -1, 0], stops, 8, TROUSERS, ([, y]) => (y > 0.04 ? 0.8 : 1));
}

export function shinClay(): Clay {
  const end = SHIN_M;
  const stops = [[-0.06, 0], [-0.045, 0.046], [0, 0.066], [0.14, 0.065], [end - 0.09, 0.054], [end - 0.04, 0.046], [end - 0.02, 0]] as const;
  return tube(new Clay(), ORIGIN, [0, -1, 0], stops, 8, TROUSERS);
}

export function bootClay(): Clay {
  const clay = new Clay();
  const cuff = [[-0.05, 0.044], [-0.064, 0.064], [-0.02, 0.068], [0.02, 0.057]] as const;
  tube(clay, ORIGIN, [0, -1, 0], cuff, 8, BOOTS, ([, y]) => (y > 0.057 ? 0.6 : 1));
  // From heel to toe: where, how wide, how high the upper is; the sole is flat.
  const slices = [[-0.085, 0.026, -0.055], [-0.075, 0.046, -0.03], [-0.02, 0.055, 0], [0.06, 0.058, -0.018], [0.13, 0.052, -0.042], [0.158, 0.03, -0.058]] as const;
  const rings = slices.map(([z, half, top]) => slice(z, half, top));
  const [heel, toe]: [Vector, Vector] = [[0, -0.07, -0.09], [0, -0.072, 0.166]];
  const sole = ([, y]: Vector) => (y < -ANKLE_M + 0.016 ? 0.62 : 1);
  return clay.skin([[toe], ...rings.reverse(), [heel]], BOOTS, sole);
}

/** A boot across its length: over the top from left to right, back along the sole. */
function slice(z: number, half: number, top: number): readonly Vector[] {
  const [low, sole] = [-ANKLE_M + 0.018, -ANKLE_M];
  return [[half, sole, z], [half * 1.04, low, z], [half * 0.7, top - 0.006, z], [0, top, z], [-half * 0.7, top - 0.006, z], [-half * 1.04, low, z], [-half, sole, z]];
}

/** A mitten of a side (-1 left, 1 right); its fingers bend by so much over their length, radians. */
export function mittenClay(side: number, bend: number): Clay {
  const clay = new Clay();
  const length = 0.155;
  const rows = [[0, 0.6], [0.08, 0.72], [0.3, 0.98], [0.5, 1], [0.75, 0.86], [0.93, 0.54]] as const;
  // The spine goes from the wrist towards the fingers and bends to the palm, which is at -side of X.
  let [x, y, angle, along] = [0, WRIST[1] + 0.008, 0, 0];
  const rings: (readonly Vector[])[] = [];
  for (const [share, wide] of [...rows, [1, 0] as const]) {
    const step = share * length - along;
    along = share * length;
    angle = bend * Math.max(0, share - 0.3) ** 1.2;
    x -= Math.sin(angle) * step;
    y -= Math.cos(angle) * step;
    const [across_x, across_y] = [Math.cos(angle), -Math.sin(angle)];
    const thick = 0.0265 * (0.55 + 0.45 * wide);
    const one = wide === 0;
    const round = one ? [[0, 0] as const] : Array.from({ length: 10 }, (_, turn) => {
      const at = (2 * Math.PI * turn) / 10;
      return [Math.sin(at) * thick, Math.cos(at) * 0.046 * wide] as const;
    });
    rings.push(round.map(([out, deep]): Vector => [WRIST[0] + x + across_x * out, y + across_y * out, deep]));
  }
  clay.skin([[[WRIST[0], WRIST[1] + 0.014, 0]], ...rings], BOOTS);
  const folded = bend > 1;
  const [from, to]: [Vector, Vector] = folded ? [[0.018, 0.018, 0.032], [-0.03, -0.03, 0.036]] : [[0.018, 0.03, 0.03], [-0.006, -0.022, 0.078]];
  tube(clay, from, to, [[-0.017, 0], [-0.008, 0.015], [0.012, 0.0205], [0.046, 0.018], [0.06, 0.011], [0.065, 0]], 7, BOOTS);
  return side > 0 ? clay : clay.mirrored();
}
