/**
 * The walker: as tall as a person, bent, both arms reaching for whom it sees, one band of light for eyes. Pure.
 */
import type { Vector } from "../matrix";
import { Clay, ring, tube } from "../person/clay";
import { GLOWING, addBall, addPatch, ball, leaned, moved, paint } from "../arena/forms";
import { type Breed, type Motion, blow, smooth } from "./breed";
import { DOING } from "../../core/arena";
import { shiftBone, turnBone } from "./skeleton";

const HIDE = paint(0x8fb3a2, 0.8);
const PALE = paint(0xb9cdb4, 0.78);
const CLOTH = paint(0x3a4657, 0.88);
const GLASS = paint(0x0d131c, 0.16);
const NAILS = paint(0xe9e2cf, 0.6);

const BONE = { hips: 0, torso: 1, head: 2, arm_l: 3, arm_r: 4, fore_l: 5, fore_r: 6, thigh_l: 7, thigh_r: 8, shin_l: 9, shin_r: 10 } as const;
const HIPS_M = 0.86;
const [UPPER_M, THIGH_M] = [0.29, 0.42];
const SKULL = ball([0, 0.12, 0.05], [0.2, 0.168, 0.178], 2.6);

function headClay(round: number): Clay {
  const clay = addBall(new Clay(), SKULL, HIDE, round, Math.ceil(round / 2), ([, y]) => (y < 0.06 ? 0.8 : 1));
  addPatch(clay, SKULL, [0, 0.06], [1.12, 0.34], GLASS, 0.008, round, 3);
  return addPatch(clay, SKULL, [0, 0.08], [0.86, 0.115], GLOWING, 0.016, round, 3);
}

function jawClay(clay: Clay): Clay {
  const jaw = ball([0, 0.005, 0.06], [0.155, 0.075, 0.16], 2.6);
  addBall(clay, jaw, PALE, 12, 6, ([, y]) => (y < -0.02 ? 0.75 : 1));
  // Two teeth that stand up, as of a toy that does not bite.
  for (const side of [-1, 1]) addBall(clay, ball([side * 0.07, 0.07, 0.2], [0.018, 0.034, 0.014]), NAILS, 6, 4);
  return clay;
}

function torsoClay(sides: number): Clay {
  const stops = [[0.56, 0.06, 0.06], [0.53, 0.12, 0.11], [0.46, 0.225, 0.155], [0.36, 0.24, 0.175], [0.2, 0.205, 0.16], [0.06, 0.19, 0.145]] as const;
  const skin = stops.map(([y, wide, deep]) => ring(y, wide, deep, sides, 2.3));
  const clay = new Clay().skin([[[0, 0.57, 0]], ...skin, [[0, 0.03, 0]]], HIDE, ([, y, z]) => (y < 0.12 ? 0.82 : z > 0.12 ? 1.06 : 1));
  const hem = [[0.1, 0.196, 0.152], [0.03, 0.215, 0.168], [-0.1, 0.18, 0.15]] as const;
  return clay.skin([...hem.map(([y, wide, deep]) => ring(y, wide, deep, sides, 2.3)), [[0, -0.14, 0]]], CLOTH, ([, y]) => (y > 0.08 ? 0.75 : 1));
}

function hump(clay: Clay): Clay {
  for (const [y, z, size] of [[0.47, -0.12, 0.095], [0.33, -0.165, 0.08], [0.2, -0.155, 0.06]] as const) {
    addBall(clay, ball([0, y, z], [size * 0.62, size, size * 0.8]), PALE, 8, 5);
  }
  return clay;
}

const upperArm = (sides: number) =>
  tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.07, 0], [-0.05, 0.055], [0, 0.076], [0.14, 0.062], [UPPER_M, 0.052], [UPPER_M + 0.05, 0]], sides, HIDE);

function foreArm(sides: number): Clay {
  const stops = [[-0.05, 0], [-0.03, 0.045], [0, 0.056], [0.16, 0.064], [0.25, 0.05], [0.27, 0]] as const;
  const clay = tube(new Clay(), [0, 0, 0], [0, -1, 0], stops, sides, HIDE);
  addBall(clay, ball([0, -0.31, 0.005], [0.068, 0.075, 0.05], 2.4), PALE, 8, 5);
  for (const [x, long] of [[-0.045, 0.085], [0, 0.1], [0.045, 0.085]] as const) {
    tube(clay, [x, -0.35, 0.01], [x * 1.5, -0.35 - long, 0.055], [[0, 0], [0.004, 0.024], [long * 0.7, 0.02], [long + 0.02, 0]], 6, NAILS);
  }
  return clay;
}

const thigh = (sides: number) =>
  tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.09, 0], [-0.06, 0.08], [0, 0.1], [0.2, 0.088], [THIGH_M - 0.04, 0.082], [THIGH_M - 0.03, 0.058], [THIGH_M + 0.03, 0]], sides, CLOTH);

function shin(sides: number): Clay {
  const clay = tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.06, 0], [-0.04, 0.048], [0, 0.06], [0.16, 0.058], [0.36, 0.05], [0.4, 0]], sides, HIDE);
  return addBall(clay, ball([0, -0.395, 0.055], [0.075, 0.05, 0.14], 2.5), PALE, sides + 2, 5, ([, y]) => (y < -0.42 ? 0.62 : 1));
}

/** Farther away torso, head and reaching arms are one. */
function wholeClay(): Clay {
  const clay = torsoClay(8);
  const head = moved(leaned(headClay(10), -0.5), [0, 0.46, 0.12]);
  clay.add(head);
  for (const side of [-1, 1]) {
    tube(clay, [side * 0.26, 0.42, 0.05], [side * 0.2, 0.56, 0.56], [[-0.06, 0], [0, 0.075], [0.3, 0.055], [0.6, 0.06], [0.7, 0]], 6, HIDE);
  }
  return clay;
}

const wholeLeg = () =>
  tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.06, 0], [0, 0.1], [THIGH_M, 0.075], [THIGH_M + 0.02, 0.06], [0.78, 0.06], [0.84, 0.085], [0.86, 0]], 6, [CLOTH, CLOTH, CLOTH, HIDE, HIDE, PALE, PALE]);

/** From afar: a bent body, a head with its band, two arms ahead, two legs; around the hips. */
function distantClay(): Clay {
  const clay = tube(new Clay(), [0, 0.62, 0.24], [0, -0.1, 0], [[-0.04, 0], [0.06, 0.23], [0.5, 0.2], [0.76, 0.19], [0.78, 0]], 6, [HIDE, HIDE, HIDE, CLOTH, CLOTH]);
  const skull = ball([0, 0.66, 0.3], [0.2, 0.17, 0.18], 2.6);
  addBall(clay, skull, HIDE, 6, 4);
  clay.strip([[-0.19, 0.73, 0.4], [0, 0.73, 0.51], [0.19, 0.73, 0.4]], [[-0.19, 0.66, 0.4], [0, 0.66, 0.51], [0.19, 0.66, 0.4]], GLOWING);
  for (const side of [-1, 1]) {
    tube(clay, [side * 0.26, 0.45, 0.2], [side * 0.2, 0.5, 0.8], [[0, 0.07], [0.6, 0.06]], 4, HIDE);
    tube(clay, [side * 0.12, 0, 0], [side * 0.13, -0.8, side * 0.14], [[0, 0.1], [0.86, 0.075]], 4, [CLOTH, HIDE]);
  }
  return clay;
}

function pose(out: Float32Array, from: number, { stride, gait, doing, since_s, time_s, hurt }: Motion): number {
  const { hips, torso, head, arm_l, arm_r, fore_l, fore_r, thigh_l, thigh_r, shin_l, shin_r } = BONE;
  const [swing, sway] = [Math.sin(stride), Math.sin(time_s * 1.1)];
  const strike = doing === DOING.strikes ? blow(since_s) : 0;
  const throws = doing === DOING.throws ? blow(since_s) : 0;
  const dead = doing === DOING.dies ? smooth(0, 0.5, since_s) : 0;
  const lean = 0.42 + 0.03 * sway + 0.08 * gait + 0.45 * Math.max(0, strike) - 0.4 * Math.max(0, -strike) - 0.55 * hurt - 0.3 * dead;
  shiftBone(out, from, hips, 0, -0.05 - 0.035 * gait * Math.cos(2 * stride), 0);
  turnBone(out, from, hips, 0, 0.14 * swing * gait, 0.07 * gait * Math.cos(stride));
  turnBone(out, from, torso, lean, -0.2 * swing * gait, 0.05 * Math.sin(time_s * 0.7));
  turnBone(out, from, head, -0.5 * lean + 0.5 * hurt - 0.12, 0.12 * Math.sin(time_s * 0.9) + 0.15 * swing * gait, 0.14 * Math.sin(time_s * 0.6));
  // Arms point ahead, whatever the back does; one goes a little before the other.
  for (const [side, arm, fore] of [[-1, arm_l, fore_l], [1, arm_r, fore_r]] as const) {
    const reach = -1.42 - lean * 0.8 + 0.1 * side * sway + 0.12 * side * swing * gait;
    const up = -1.25 * Math.max(0, -strike - throws) + 1.2 * Math.max(0, strike + throws);
    turnBone(out, from, arm, (reach + up) * (1 - dead * 0.7) + 0.9 * hurt, -0.16 * side, side * (0.14 + 0.5 * hurt + 0.5 * dead));
    turnBone(out, from, fore, -0.3 - 0.5 * Math.max(0, -strike) + 0.1 * sway * side + 0.25 * dead);
  }
  for (const [side, upper, lower] of [[-1, thigh_l, shin_l], [1, thigh_r, shin_r]] as const) {
    const step = side * swing;
    turnBone(out, from, upper, -0.14 - 0.52 * step * gait - 0.2 * dead, 0.1 * side, 0.05 * side);
    turnBone(out, from, lower, 0.26 + gait * (0.45 * Math.max(0, -side * Math.cos(stride)) + 0.1) + 0.3 * dead);
  }
  return 0.5 + 0.5 * Math.max(0, -strike);
}

const AT_FACE: Vector = [0, 0.14, 0.28];

export const WALKER: Breed = {
  bones: [
    { on: -1, at: [0, HIPS_M, 0] },
    { on: 0, at: [0, 0.02, 0] },
    { on: 1, at: [0, 0.5, 0.11] },
    { on: 1, at: [-0.265, 0.43, 0.04] },
    { on: 1, at: [0.265, 0.43, 0.04] },
    { on: 3, at: [0, -UPPER_M, 0] },
    { on: 4, at: [0, -UPPER_M, 0] },
    { on: 0, at: [-0.115, 0, 0] },
    { on: 0, at: [0.115, 0, 0] },
    { on: 7, at: [0, -THIGH_M, 0] },
    { on: 8, at: [0, -THIGH_M, 0] },
  ],
  near: [
    { name: "torso", bones: [BONE.torso], clay: () => hump(torsoClay(12)) },
    { name: "head", bones: [BONE.head], clay: () => jawClay(headClay(16)) },
    { name: "upper arm", bones: [BONE.arm_l, BONE.arm_r], clay: () => upperArm(8) },
    { name: "forearm", bones: [BONE.fore_l, BONE.fore_r], clay: () => foreArm(8) },
    { name: "thigh", bones: [BONE.thigh_l, BONE.thigh_r], clay: () => thigh(8) },
    { name: "shin", bones: [BONE.shin_l, BONE.shin_r], clay: () => shin(8) },
  ],
  far: [
    { name: "whole", bones: [BONE.torso], clay: wholeClay },
    { name: "leg", bones: [BONE.thigh_l, BONE.thigh_r], clay: wholeLeg },
  ],
  distant: [{ name: "distant", bones: [BONE.hips], clay: distantClay }],
  light: [0.62, 1.35, 0.3],
  boss_light: [1.2, 0.4, 1.5],
  halos: [{ bone: BONE.head, at: AT_FACE, radius: 0.34 }],
  stride_m: 1.15,
  high_m: 1.7,
  wide_m: 0.3,
  lies_m: 0.17,
  falls: -1,
  pose,
};
