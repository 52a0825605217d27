/**
 * What people may wear on their heads: hair and hats, glasses. Made for the head's own surface, under the headphones'
 * band. Pure.
 */
import type { AvatarFace, AvatarTop } from "../../core/generated";
import type { Vector } from "../matrix";
import { Clay, type Paint, squircle, tube } from "./clay";
import { headPoint, headTowards } from "./head";
import { CLOTH, FRAMES, HAIR } from "./measures";

/** What is on the head, and before the eyes, `none` aside. */
export type Top = Exclude<AvatarTop, "none">;
export type Face = Exclude<AvatarFace, "none">;

const SIDES = 16;

/** How low something reaches at a yaw: before the face, over the ears, at the neck; pitches in radians. */
type Line = (yaw: number) => number;
/** How far something stands off the head at a yaw and a share of the way from the crown to its line, metres. */
type Lift = (yaw: number, share: number) => number;

/** From front over ears to neck, softly. */
function line(front: number, ears: number, neck: number): Line {
  return (yaw) => {
    const turn = Math.abs(yaw > Math.PI ? yaw - 2 * Math.PI : yaw) / Math.PI;
    const soft = (x: number) => x * x * (3 - 2 * x);
    return turn < 0.5 ? front + (ears - front) * soft(Math.min(1, turn * 2)) : ears + (neck - ears) * soft(turn * 2 - 1);
  };
}

/** A cover over the crown down to a line; its edge goes into the head. */
function cover(clay: Clay, rows: number, to: Line, lift: Lift, paint: Paint, sides = SIDES): void {
  const ringAt = (share: number, off: (yaw: number) => number): readonly Vector[] =>
    Array.from({ length: sides }, (_, side) => {
      const yaw = (2 * Math.PI * side) / sides;
      return headPoint(yaw, Math.PI / 2 + (to(yaw) - Math.PI / 2) * share, off(yaw));
    });
  const rings = Array.from({ length: rows }, (_, row) => ringAt((row + 1) / rows, (yaw) => lift(yaw, (row + 1) / rows)));
  const edge = ringAt(1.03, () => -0.006);
  clay.skin([[headTowards(0, 1, 0, lift(0, 0))], ...rings, edge], paint, ([, y]) => 0.8 + Math.min(0.2, Math.max(0, y * 2)));
}

function short(clay: Clay): void {
  cover(clay, 4, line(0.72, 0.16, -0.42), (yaw, share) => 0.011 + 0.009 * (1 - share) + 0.003 * Math.sin(5 * yaw), HAIR);
}

const TOP_CLAYS: { readonly [top in Top]: (clay: Clay) => void } = {
  short(clay: Clay): void {
    short(clay);
    // A tuft over the brow.
    tube(clay, [0.05, 0.13, 0.03], [-0.06, 0.135, 0.1], [[-0.03, 0], [0, 0.026], [0.07, 0.036], [0.12, 0.024], [0.15, 0]], 7, HAIR);
  },
  bun(clay: Clay): void {
    cover(clay, 4, line(0.74, 0.1, -0.3), (_, share) => 0.012 + 0.005 * (1 - share), HAIR);
    tube(clay, [0, 0.1, -0.085], [0, 0.21, -0.15], [[0, 0.03], [0.03, 0.056], [0.07, 0.064], [0.105, 0.045], [0.122, 0]], 9, HAIR);
  },
  curls(clay: Clay): void {
    const bump: Lift = (yaw, share) => 0.026 + 0.014 * Math.sin(8 * yaw + (share > 0.6 ? 3.1 : 0)) * Math.sin(Math.PI * Math.min(1, share * 1.4)) + 0.012 * (1 - share);
    cover(clay, 5, line(0.66, -0.12, -0.62), bump, HAIR, 20);
  },
  cap(clay: Clay): void {
    cover(clay, 4, line(0.56, 0.34, 0.22), (_, share) => 0.013 + 0.006 * Math.sin(Math.PI * share), CLOTH);
    const at = (yaw: number, out: number, y: number): Vector => [Math.sin(yaw) * (0.13 + out * 0.7), y - out * 0.22, Math.cos(yaw) * (0.128 + out)];
    const yaws = Array.from({ length: 9 }, (_, step) => -0.95 + (1.9 * step) / 8);
    const tip = (yaw: number) => 0.105 * Math.cos(yaw * 1.25);
    const top = (y: number) => [yaws.map((yaw) => at(yaw, -0.01, y)), yaws.map((yaw) => at(yaw, tip(yaw), y))] as const;
    const [inner, outer] = top(0.093);
    const [inner_below, outer_below] = top(0.083);
    clay.strip(inner, outer, CLOTH).strip(outer_below, inner_below, CLOTH).strip(outer, outer_below, CLOTH);
  },
  beanie(clay: Clay): void {
    cover(clay, 4, line(0.5, 0.3, 0.1), (_, share) => 0.012 + 0.022 * (1 - share) ** 2, CLOTH);
    const edge = line(0.5, 0.3, 0.1);
    const rim = ([[0.16, 0.012], [0.14, 0.027], [0, 0.03], [-0.06, 0.022], [-0.07, 0.002]] as const).map(([up, off]) =>
      Array.from({ length: SIDES }, (_, side) => headPoint((2 * Math.PI * side) / SIDES, edge((2 * Math.PI * side) / SIDES) + up, off)),
    );
    clay.skin(rim, CLOTH, ([, y]) => (y < 0.03 ? 0.75 : 0.9));
  },
};

export const TOPS = Object.keys(TOP_CLAYS) as readonly Top[];

export function topClay(top: Top): Clay {
  const clay = new Clay();
  TOP_CLAYS[top](clay);
  return clay;
}

const GLASSES: { readonly [face in Face]: number } = { round_glasses: 2, square_glasses: 5 };
export const FACES = Object.keys(GLASSES) as readonly Face[];
/** A lens: how far from the middle, half its width and height inside, the frame's width, radians. */
const LENS = { aside: 0.32, up: 0.075, wide: 0.21, high: 0.27, frame: 0.055, off_m: 0.018 } as const;

export function faceClay(face: Face): Clay {
  const clay = new Clay();
  const exponent = GLASSES[face];
  const { aside, up, wide, high, frame, off_m } = LENS;
  for (const side of [-1, 1]) {
    const ringAt = (more: number, off: number) =>
      Array.from({ length: 16 }, (_, turn) => {
        const [x, y] = squircle(Math.cos((2 * Math.PI * turn) / 16), Math.sin((2 * Math.PI * turn) / 16), exponent);
        return headPoint(side * aside + x * (wide + more), up + y * (high + more), off);
      });
    clay.skin([ringAt(0, off_m - 0.008), ringAt(0.008, off_m), ringAt(frame - 0.008, off_m), ringAt(frame, off_m - 0.01)], FRAMES);
    const outer = side * (aside + wide + frame * 0.5);
    tube(clay, headPoint(outer, up + 0.04, off_m - 0.004), headPoint(side * 1.5, 0.1, 0.008), [[0, 0.007], [0.1, 0.006]], 5, FRAMES);
  }
  tube(clay, headPoint(-0.09, up + 0.08, off_m), headPoint(0.09, up + 0.08, off_m), [[0, 0.007], [0.028, 0.007]], 5, FRAMES);
  return clay;
}
