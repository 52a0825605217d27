/**
 * The brute: broad, heavy fists that hang to its knees, a small head between its shoulders, a core that glows in its chest. Pure.
 */
import { DOING } from "../../core/arena";
import { GLOWING, addBall, addPatch, ball, paint } from "../arena/forms";
import { Clay, ring, tube } from "../person/clay";
import { type Breed, type Motion, blow, smooth } from "./breed";
import { shiftBone, turnBone } from "./skeleton";

const HIDE = paint(0xb98a72, 0.75);
const SHADE = paint(0x93614f, 0.78);
const PLATE = paint(0x36404f, 0.45);
const RIM = paint(0x5a6778, 0.4);
const GLASS = paint(0x120d10, 0.2);

const BONE = { hips: 0, torso: 1, head: 2, arm_l: 3, arm_r: 4, fore_l: 5, fore_r: 6, thigh_l: 7, thigh_r: 8, shin_l: 9, shin_r: 10 } as const;
const HIPS_M = 0.92;
const [UPPER_M, THIGH_M] = [0.46, 0.42];
const SKULL = ball([0, 0.13, 0.08], [0.165, 0.165, 0.17], 2.7);
const CHEST = ball([0, 0.66, 0.02], [0.54, 0.4, 0.37], 2.5);

function torsoClay(sides: number): Clay {
  const stops = [[0.42, 0.43, 0.32], [0.22, 0.36, 0.28], [0.04, 0.31, 0.25], [-0.1, 0.29, 0.24]] as const;
  const clay = addBall(new Clay(), CHEST, HIDE, sides, Math.ceil(sides * 0.6), ([, y]) => (y < 0.45 ? 0.86 : 1));
  clay.skin([[[0, 0.5, 0]], ...stops.map(([y, wide, deep]) => ring(y, wide, deep, sides, 2.5)), [[0, -0.16, 0]]], [HIDE, HIDE, HIDE, HIDE, PLATE, PLATE], ([, y]) => (y < 0.1 ? 0.84 : 0.95));
  // What glows in it, in a dark socket.
  addPatch(clay, CHEST, [0, -0.1], [0.5, 0.36], PLATE, 0.02, sides, 2.4);
  return addPatch(clay, CHEST, [0, -0.1], [0.28, 0.19], GLOWING, 0.04, sides, 2.2);
}

function shoulders(clay: Clay): Clay {
  for (const side of [-1, 1]) {
    const plate = ball([side * 0.56, 0.84, 0], [0.25, 0.17, 0.26], 2.8);
    addBall(clay, plate, PLATE, 10, 6);
    addBall(clay, ball([side * 0.6, 1.01, 0], [0.06, 0.09, 0.06]), RIM, 6, 4);
  }
  return addBall(clay, ball([0, 0.94, -0.2], [0.3, 0.16, 0.2], 2.4), SHADE, 10, 6);
}

function headClay(sides: number): Clay {
  const clay = addBall(new Clay(), SKULL, HIDE, sides, Math.ceil(sides / 2), ([, y]) => (y < 0.06 ? 0.8 : 1));
  addBall(clay, ball([0, 0.215, 0.1], [0.185, 0.06, 0.17], 2.8), PLATE, sides, 5);
  addPatch(clay, SKULL, [0, 0.08], [0.95, 0.28], GLASS, 0.006, sides, 2.8);
  for (const side of [-1, 1]) addPatch(clay, SKULL, [side * 0.42, 0.1], [0.26, 0.12], GLOWING, 0.014, 10, 2.6);
  addBall(clay, ball([0, 0.005, 0.13], [0.15, 0.07, 0.13], 2.6), SHADE, 9, 5);
  return clay;
}

const upperArm = (sides: number) =>
  tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.14, 0], [-0.1, 0.12], [0, 0.17], [0.2, 0.155], [UPPER_M, 0.11], [UPPER_M + 0.08, 0]], sides, HIDE);

function foreArm(sides: number): Clay {
  const stops = [[-0.09, 0], [-0.05, 0.09], [0, 0.12], [0.16, 0.165], [0.3, 0.175]] as const;
  const clay = tube(new Clay(), [0, 0, 0], [0, -1, 0], [...stops, [0.32, 0.2], [0.4, 0.2], [0.42, 0.15], [0.43, 0]], sides, [HIDE, HIDE, HIDE, HIDE, HIDE, PLATE, PLATE, PLATE, PLATE]);
  addBall(clay, ball([0, -0.55, 0.02], [0.215, 0.19, 0.205], 3), HIDE, sides + 2, 7, ([, y]) => (y < -0.62 ? 0.8 : 1));
  // Knuckles.
  for (const x of [-0.135, -0.045, 0.045, 0.135]) addBall(clay, ball([x, -0.68, 0.1], [0.052, 0.07, 0.085], 2.4), SHADE, 5, 4);
  return clay;
}

const thigh = (sides: number) =>
  tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.14, 0], [-0.1, 0.15], [0, 0.2], [0.24, 0.175], [THIGH_M, 0.14], [THIGH_M + 0.07, 0]], sides, PLATE);

function shin(sides: number): Clay {
  const clay = tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.1, 0], [-0.06, 0.1], [0, 0.14], [0.16, 0.155], [0.36, 0.14], [0.44, 0]], sides, HIDE);
  return addBall(clay, ball([0, -0.4, 0.07], [0.175, 0.1, 0.25], 2.8), PLATE, sides + 2, 6, ([, y]) => (y < -0.46 ? 0.7 : 1));
}

function wholeClay(): Clay {
  const clay = torsoClay(9);
  shoulders(clay);
  const head = addBall(new Clay(), ball([0, 0.98, 0.24], [0.17, 0.165, 0.17], 2.6), HIDE, 7, 5);
  addPatch(head, ball([0, 0.98, 0.24], [0.17, 0.165, 0.17], 2.6), [0, 0.1], [0.8, 0.16], GLOWING, 0.02, 6);
  clay.add(head);
  for (const side of [-1, 1]) {
    tube(clay, [side * 0.62, 0.74, 0], [side * 0.72, -0.1, 0.16], [[0, 0.17], [0.45, 0.12], [0.62, 0.17], [0.85, 0.17]], 6, HIDE);
    addBall(clay, ball([side * 0.73, -0.18, 0.17], [0.2, 0.2, 0.2], 3), HIDE, 7, 4);
  }
  return clay;
}

const wholeLeg = () =>
  tube(new Clay(), [0, 0, 0], [0, -1, 0], [[-0.1, 0], [0, 0.2], [THIGH_M, 0.14], [0.6, 0.155], [0.8, 0.16], [0.88, 0.2], [0.9, 0]], 6, [PLATE, PLATE, HIDE, HIDE, HIDE, PLATE, PLATE]);

/** From afar: a broad chest with its core, a small head, fists at its knees, two legs; around the hips. */
function distantClay(): Clay {
  const clay = tube(new Clay(), [0, 1.02, 0.12], [0, -0.12, 0], [[-0.05, 0], [0.04, 0.34], [0.4, 0.5], [0.8, 0.34], [1.14, 0.26], [1.16, 0]], 7, [HIDE, HIDE, HIDE, HIDE, PLATE, PLATE]);
  addBall(clay, ball([0, 1.12, 0.26], [0.17, 0.17, 0.17], 2.6), HIDE, 6, 3);
  clay.strip([[-0.14, 1.19, 0.43], [0.14, 1.19, 0.43]], [[-0.14, 1.12, 0.43], [0.14, 1.12, 0.43]], GLOWING);
  clay.strip([[-0.14, 0.74, 0.6], [0.14, 0.74, 0.6]], [[-0.14, 0.56, 0.58], [0.14, 0.56, 0.58]], GLOWING);
  for (const side of [-1, 1]) {
    addBall(clay, ball([side * 0.56, 0.92, 0.1], [0.24, 0.17, 0.25], 2.6), PLATE, 5, 3);
    tube(clay, [side * 0.62, 0.8, 0.1], [side * 0.72, -0.2, 0.24], [[0, 0.15], [0.6, 0.15], [1.02, 0.2], [1.06, 0]], 5, HIDE);
    tube(clay, [side * 0.2, 0, 0], [side * 0.22, -0.86, side * 0.16], [[0, 0.19], [0.86, 0.17]], 5, [PLATE, HIDE]);
  }
  return clay;
}

function pose(out: Float32Array, from: number, { stride, gait, doing, since_s, time_s, hurt }: Motion): number {
  const { hips, torso, head, arm_l, arm_r, fore_l, fore_r, thigh_l, thigh_r, shin_l, shin_r } = BONE;
  const [swing, breath] = [Math.sin(stride), Math.sin(time_s * 1.4)];
  const strike = doing === DOING.strikes ? blow(since_s) : 0;
  const throws = doing === DOING.throws ? blow(since_s) : 0;
  const dead = doing === DOING.dies ? smooth(0, 0.6, since_s) : 0;
  const [back, forth] = [Math.max(0, -strike - throws), Math.max(0, strike + throws)];
  const lean = 0.2 + 0.03 * breath + 0.08 * gait - 0.42 * back + 0.62 * forth - 0.22 * hurt;
  shiftBone(out, from, hips, 0, -0.03 - 0.06 * gait * Math.abs(Math.cos(stride)) - 0.12 * forth, 0);
  turnBone(out, from, hips, 0, 0.12 * swing * gait, 0.09 * Math.cos(stride) * gait);
  turnBone(out, from, torso, lean, -0.16 * swing * gait + 0.05 * Math.sin(time_s * 0.6), 0.03 * Math.sin(time_s * 0.9));
  turnBone(out, from, head, -lean * 0.8 + 0.35 * hurt + 0.4 * dead, 0.16 * Math.sin(time_s * 0.7), 0.06 * Math.sin(time_s));
  // Both fists go up over the head and come down together.
  for (const [side, arm, fore] of [[-1, arm_l, fore_l], [1, arm_r, fore_r]] as const) {
    const hang = -lean - 0.1 + 0.42 * side * swing * gait;
    turnBone(out, from, arm, hang - 2.5 * back - 1.1 * forth + 0.4 * hurt, 0.12 * side * -1, side * (0.26 + 0.04 * breath + 0.15 * dead) * (1 - 0.6 * back));
    turnBone(out, from, fore, -0.42 - 0.7 * back + 0.25 * forth - 0.2 * Math.max(0, side * swing) * gait);
  }
  for (const [side, upper, lower] of [[-1, thigh_l, shin_l], [1, thigh_r, shin_r]] as const) {
    const step = side * swing;
    turnBone(out, from, upper, -0.16 - 0.44 * step * gait - 0.14 * forth, 0.14 * side, 0.1 * side);
    turnBone(out, from, lower, 0.24 + gait * 0.5 * Math.max(0, -side * Math.cos(stride)) + 0.22 * forth);
  }
  return 0.75 + 0.2 * breath + 0.9 * back;
}

export const BRUTE: Breed = {
  bones: [
    { on: -1, at: [0, HIPS_M, 0] },
    { on: 0, at: [0, 0.06, 0] },
    { on: 1, at: [0, 0.92, 0.22] },
    { on: 1, at: [-0.6, 0.76, 0.02] },
    { on: 1, at: [0.6, 0.76, 0.02] },
    { on: 3, at: [0, -UPPER_M, 0] },
    { on: 4, at: [0, -UPPER_M, 0] },
    { on: 0, at: [-0.2, 0, 0] },
    { on: 0, at: [0.2, 0, 0] },
    { on: 7, at: [0, -THIGH_M, 0] },
    { on: 8, at: [0, -THIGH_M, 0] },
  ],
  near: [
    { name: "torso", bones: [BONE.torso], clay: () => shoulders(torsoClay(12)) },
    { name: "head", bones: [BONE.head], clay: () => headClay(11) },
    { name: "upper arm", bones: [BONE.arm_l, BONE.arm_r], clay: () => upperArm(9) },
    { name: "forearm", bones: [BONE.fore_l, BONE.fore_r], clay: () => foreArm(9) },
    { name: "thigh", bones: [BONE.thigh_l, BONE.thigh_r], clay: () => thigh(9) },
    { name: "shin", bones: [BONE.shin_l, BONE.shin_r], clay: () => shin(9) },
  ],
  far: [
    { name: "whole", bones: [BONE.torso], clay: wholeClay },
    { name: "leg", bones: [BONE.thigh_l, BONE.thigh_r], clay: wholeLeg },
  ],
  distant: [{ name: "distant", bones: [BONE.hips], clay: distantClay }],
  light: [1.5, 0.2, 0.28],
  boss_light: [0.95, 0.35, 1.5],
  halos: [
    { bone: BONE.torso, at: [0, 0.6, 0.46], radius: 0.6, charged: true },
    { bone: BONE.head, at: [0, 0.15, 0.3], radius: 0.26 },
  ],
  stride_m: 1.7,
  high_m: 2.4,
  wide_m: 0.62,
  lies_m: 0.34,
  falls: 1,
  pose,
};
