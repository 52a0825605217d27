/**
 * People in one piece, for those who are farther off: mid (standing, seated, gesturing), far, and farthest. The origin is
 * the middle of the head, `EYES_M` above the soles of who stands. Pure.
 */
import type { Vector } from "../matrix";
import { Clay, type Paint, ring, tube } from "./clay";
import { headRings, oval } from "./head";
import {
  ANKLE_M, BOOTS, CLOTH, EYES, EYES_M, GLASS, HEAD, HIP, NECK_M, PHONES, SEATED, SHELL, SHOULDER, TROUSERS,
} from "./measures";

/** How someone is drawn in one piece. */
export const BEARING = { standing: 0, seated: 1, gesturing: 2 } as const;
export type Bearing = (typeof BEARING)[keyof typeof BEARING];

const FLOOR_M = -EYES_M;
const SHOULDER_Y = -NECK_M - SHOULDER.down;
const HIP_Y = -NECK_M - HIP.down;

/** Some 350 triangles. */
export function midClay(bearing: Bearing): Clay {
  const clay = new Clay();
  clay.skin(headRings(Math.PI / 2, -Math.PI / 2, 5, 8, 0), SHELL, ([, y]) => (y < -0.08 ? 0.78 : 1));
  oval(clay, [0, 0.02], [0.86, 0.53], [[1, 0.01]], 12, 2.8, GLASS);
  for (const side of [-1, 1]) oval(clay, [side * 0.29, 0.075], [0.11, 0.21], [[1, 0.02]], 6, 2, EYES);
  for (const side of [-1, 1]) {
    const [from, to]: [Vector, Vector] = [[side * 0.13, 0, 0], [side * 0.2, 0, 0]];
    tube(clay, from, to, [[0, 0.062], [0.062, 0.052], [0.066, 0]], 5, PHONES);
  }
  midTorso(clay);
  for (const side of [-1, 1]) {
    midArm(clay, side, bearing);
    midLeg(clay, side, bearing);
  }
  return clay;
}

function midTorso(clay: Clay): void {
  const stops: readonly (readonly [number, number, number, Paint])[] = [
    [-0.135, 0.075, 0.07, CLOTH], [-0.175, 0.106, 0.1, CLOTH], [-0.262, 0.184, 0.132, CLOTH], [-0.655, 0.176, 0.128, CLOTH],
    [-0.668, 0.158, 0.118, TROUSERS], [-0.76, 0.11, 0.09, TROUSERS],
  ];
  const rows = stops.map(([y, width, depth]) => ring(y, width, depth, 8, 2.2));
  const shade = ([, y]: Vector) => (y === -0.135 ? 0.7 : y === -0.175 ? 0.85 : y === -0.668 ? 0.65 : 1);
  clay.skin([...rows, [[0, -0.78, 0]]], [...stops.map((stop) => stop[3]), TROUSERS], shade);
}

function midArm(clay: Clay, side: number, bearing: Bearing): void {
  const shoulder: Vector = [side * SHOULDER.side, SHOULDER_Y, 0];
  const up = bearing === BEARING.gesturing;
  const seated = bearing === BEARING.seated;
  const elbow: Vector = up ? [side * 0.25, -0.47, 0.06] : [side * 0.215, -0.49, seated ? 0.02 : -0.03];
  const wrist: Vector = up ? [side * 0.2, -0.29, 0.2] : seated ? [side * 0.14, -0.63, 0.2] : [side * 0.225, -0.7, 0.045];
  bone(clay, shoulder, elbow, 0.056, 0.048, CLOTH, true);
  bone(clay, elbow, wrist, 0.047, 0.047, CLOTH, false);
  const on = beyond(elbow, wrist, 0.13);
  tube(clay, wrist, on, [[-0.012, 0.028], [0.05, 0.046], [0.13, 0]], 5, BOOTS);
}

function midLeg(clay: Clay, side: number, bearing: Bearing): void {
  const hip: Vector = [side * HIP.side, HIP_Y, 0];
  const ankle_y = FLOOR_M + ANKLE_M;
  if (bearing === BEARING.seated) {
    const knee: Vector = [side * 0.11, -SEATED.head + 0.09, SEATED.foot_ahead - 0.06];
    const ankle: Vector = [side * SEATED.foot_side, -SEATED.head - 0.38, SEATED.foot_ahead];
    bone(clay, hip, knee, 0.085, 0.066, TROUSERS, true);
    bone(clay, knee, ankle, 0.066, 0.055, TROUSERS, true);
    boot(clay, ankle);
    return;
  }
  const ankle: Vector = [side * 0.092, ankle_y, 0];
  bone(clay, hip, ankle, 0.086, 0.056, TROUSERS, false);
  boot(clay, ankle);
}

function boot(clay: Clay, [x, y, z]: Vector): void {
  const stops: readonly (readonly [number, number, number])[] = [[0.05, 0.06, 0.065], [-0.03, 0.058, 0.1], [-ANKLE_M, 0.058, 0.125]];
  const rows = stops.map(([up, half, deep], row) =>
    ring(y + up, half, deep, 5, 2).map(([px, py, pz]): Vector => [px + x, py, pz + z + row * 0.02]),
  );
  clay.skin(rows, BOOTS, ([, py]) => (py < y - 0.06 ? 0.7 : 1));
}

function bone(clay: Clay, from: Vector, to: Vector, upper: number, lower: number, paint: Paint, rounded: boolean): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
  const top = rounded ? ([[-0.05, 0], [0, upper]] as const) : ([[-0.02, upper]] as const);
  tube(clay, from, to, [...top, [length + 0.01, lower]], 5, paint);
}

function beyond(from: Vector, through: Vector, by: number): Vector {
  const [x, y, z] = [through[0] - from[0], through[1] - from[1], through[2] - from[2]];
  const length = Math.hypot(x, y, z);
  return [through[0] + (x / length) * by, through[1] + (y / length) * by, through[2] + (z / length) * by];
}

/** 88 triangles: six sides, flat glass, two legs, boots. */
export function farClay(): Clay {
  const clay = new Clay();
  const head = [ring(0.075, 0.125, 0.12, 6, 2, 0.5), ring(-0.05, 0.15, 0.14, 6, 2, 0.5)];
  clay.skin([[[0, HEAD.y + 0.004, 0]], ...head, [[0, -HEAD.y - 0.03, 0]]], SHELL);
  clay.strip([[-0.105, 0.075, 0.142], [0.105, 0.075, 0.142]], [[-0.115, -0.06, 0.158], [0.115, -0.06, 0.158]], GLASS);
  const body: readonly (readonly [number, number, Paint])[] = [[-0.15, 0.085, CLOTH], [-0.27, 0.23, CLOTH], [-0.72, 0.2, CLOTH]];
  clay.skin([...body.map(([y, width]) => ring(y, width, width * 0.62, 6, 2.2)), [[0, -0.76, 0]]], CLOTH);
  for (const side of [-1, 1]) {
    const x = side * 0.095;
    const post = (y: number, half: number, deep: number, z: number) => ring(y, half, deep, 4, 2, 0.5).map(([px, py, pz]): Vector => [px + x, py, pz + z]);
    clay.skin([post(-0.7, 0.1, 0.1, 0), post(FLOOR_M + 0.12, 0.075, 0.075, 0)], TROUSERS);
    clay.skin([post(FLOOR_M + 0.13, 0.085, 0.09, 0.01), post(FLOOR_M, 0.085, 0.14, 0.04)], BOOTS);
  }
  return clay;
}

/** 24 triangles: a head whose front corner is dark, a body, legs in one. */
export function farthestClay(): Clay {
  const clay = new Clay();
  const middle = ring(0, 0.165, 0.16, 4, 1);
  const shade = ([, , z]: Vector) => (z > 0.15 ? 0.12 : 1);
  clay.skin([[[0, 0.16, 0]], middle, [[0, -0.17, 0]]], SHELL, shade);
  clay.skin([ring(-0.15, 0.2, 0.14, 4, 2, 0.5), ring(-0.71, 0.25, 0.17, 4, 2, 0.5)], CLOTH);
  clay.skin([ring(-0.7, 0.21, 0.13, 4, 2, 0.5), ring(FLOOR_M, 0.17, 0.13, 4, 2, 0.5)], TROUSERS);
  return clay;
}
