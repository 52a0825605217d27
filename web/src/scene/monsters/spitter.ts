/**
 * The spitter: low and round on four stumps, with a big sac at its throat that glows before it throws. Pure.
 */
import { DOING } from "../../core/arena";
import { GLOWING, addBall, addPatch, ball, paint } from "../arena/forms";
import { Clay, tube } from "../person/clay";
import { type Breed, type Motion, blow, smooth } from "./breed";
import { shiftBone, sizeBone, turnBone } from "./skeleton";

const HIDE = paint(0x8d6a9c, 0.72);
const BELLY = paint(0xd3b7c4, 0.78);
const DARK = paint(0x43324f, 0.85);
const MOUTH = paint(0x150e18, 0.4);
const RIM = paint(0x6d4f80, 0.7);

const BONE = { body: 0, sac: 1, eyes: 2, front_l: 3, front_r: 4, back_l: 5, back_r: 6 } as const;
const TRUNK = ball([0, 0, -0.02], [0.43, 0.33, 0.42], 2.4);
const BODY_M = 0.48;
const LEG_M = 0.34;

function bodyClay(sides: number): Clay {
  const clay = addBall(new Clay(), TRUNK, HIDE, sides, Math.ceil(sides * 0.55), ([, y]) => (y < -0.08 ? 0.72 : 1));
  // A wide mouth above the sac, and warts along the back.
  addPatch(clay, TRUNK, [0, 0.1], [0.62, 0.17], MOUTH, 0.012, sides, 2.6);
  for (const [x, y, z, size] of [[0, 0.33, -0.06, 0.1], [-0.19, 0.27, -0.16, 0.075], [0.2, 0.26, -0.13, 0.085], [0.03, 0.22, -0.32, 0.08], [-0.3, 0.14, 0.02, 0.06], [0.31, 0.12, -0.04, 0.055]] as const) {
    addBall(clay, ball([x, y, z], [size, size * 0.8, size]), RIM, 8, 5);
  }
  return clay;
}

/** Eyes on stalks, as of a snail. */
function eyesClay(sides: number): Clay {
  const clay = new Clay();
  for (const side of [-1, 1]) {
    tube(clay, [side * 0.15, -0.1, 0], [side * 0.19, 0.12, 0.06], [[0, 0.07], [0.12, 0.055], [0.22, 0.06], [0.24, 0]], sides, HIDE);
    const eye = ball([side * 0.19, 0.15, 0.07], [0.095, 0.09, 0.09], 2.2);
    addBall(clay, eye, DARK, sides, 6);
    addPatch(clay, eye, [0, 0.04], [0.72, 0.5], GLOWING, 0.006, sides, 2.2);
  }
  return clay;
}

/** The sac's origin is the throat on which it hangs. */
function sacClay(sides: number): Clay {
  const sac = ball([0, -0.07, 0.14], [0.235, 0.205, 0.2], 2.1);
  const clay = addBall(new Clay(), sac, { ...GLOWING, tint: 1, emissive: 0.85 }, sides, Math.ceil(sides / 2), ([, y]) => (y > 0.05 ? 0.7 : 1));
  return clay;
}

function legClay(sides: number): Clay {
  const clay = tube(new Clay(), [0, 0.06, 0], [0, -LEG_M, 0], [[0, 0], [0.02, 0.09], [0.1, 0.125], [0.26, 0.1], [0.36, 0.085], [0.38, 0]], sides, HIDE);
  return addBall(clay, ball([0, -LEG_M + 0.03, 0.03], [0.115, 0.05, 0.135], 2.5), DARK, sides, 5);
}

function wholeClay(): Clay {
  const clay = addBall(new Clay(), TRUNK, HIDE, 10, 6, ([, y]) => (y < -0.08 ? 0.72 : 1));
  addPatch(clay, TRUNK, [0, 0.1], [0.62, 0.17], MOUTH, 0.02, 8);
  for (const side of [-1, 1]) {
    addBall(clay, ball([side * 0.19, 0.44, 0.21], [0.1, 0.15, 0.1]), HIDE, 6, 4);
    addBall(clay, ball([side * 0.19, 0.47, 0.26], [0.075, 0.075, 0.075]), GLOWING, 6, 4);
    for (const z of [-0.24, 0.22]) tube(clay, [side * 0.28, -0.1, z], [side * 0.32, -0.47, z + 0.03], [[0, 0.12], [0.34, 0.1], [0.38, 0]], 6, HIDE);
  }
  return clay;
}

/** From afar: a round body on four stumps, eyes, and the sac in its usual light. */
function distantClay(): Clay {
  const clay = addBall(new Clay(), TRUNK, HIDE, 7, 4);
  addBall(clay, ball([0, -0.12, 0.42], [0.22, 0.19, 0.18]), { ...GLOWING, emissive: 0.85 }, 6, 3);
  for (const side of [-1, 1]) {
    addBall(clay, ball([side * 0.19, 0.42, 0.2], [0.1, 0.14, 0.1]), HIDE, 4, 2);
    clay.strip([[side * 0.19 - 0.07, 0.5, 0.3], [side * 0.19 + 0.07, 0.5, 0.3]], [[side * 0.19 - 0.07, 0.4, 0.3], [side * 0.19 + 0.07, 0.4, 0.3]], GLOWING);
    for (const z of [-0.22, 0.2]) tube(clay, [side * 0.28, -0.1, z], [side * 0.32, -0.47, z], [[0, 0.12], [0.37, 0.1]], 4, HIDE);
  }
  return clay;
}

function pose(out: Float32Array, from: number, { stride, gait, doing, since_s, time_s, hurt }: Motion): number {
  const breath = Math.sin(time_s * 2.1);
  const throws = doing === DOING.throws ? blow(since_s) : 0;
  const strike = doing === DOING.strikes ? blow(since_s) : 0;
  const dead = doing === DOING.dies ? smooth(0, 0.4, since_s) : 0;
  const [back, forth] = [Math.max(0, -throws - strike), Math.max(0, throws + strike)];
  // It hops: both front stumps, then both back ones.
  const hop = gait * Math.max(0, Math.sin(stride * 2));
  shiftBone(out, from, BONE.body, 0, 0.07 * hop + 0.012 * breath - 0.08 * back + 0.06 * forth - 0.18 * dead, -0.08 * back + 0.12 * forth - 0.1 * hurt);
  turnBone(out, from, BONE.body, 0.14 * gait * Math.sin(stride * 2 + 1) - 0.34 * back + 0.38 * forth - 0.25 * hurt, 0.07 * Math.sin(time_s * 0.8), 0.06 * gait * Math.sin(stride));
  sizeBone(out, from, BONE.sac, 1 + 0.035 * breath + 0.42 * back - 0.3 * forth - 0.2 * dead);
  turnBone(out, from, BONE.sac, 0.08 * breath, 0, 0.06 * Math.sin(time_s * 1.7));
  turnBone(out, from, BONE.eyes, 0.16 * Math.sin(time_s * 1.3) + 0.5 * hurt - 0.3 * back + 0.9 * dead, 0.2 * Math.sin(time_s * 0.7), 0.1 * Math.sin(time_s * 1.9));
  for (const [leg, phase, side] of [[BONE.front_l, 0, -1], [BONE.front_r, 0.5, 1], [BONE.back_l, 2.4, -1], [BONE.back_r, 2.9, 1]] as const) {
    const swing = Math.sin(stride * 2 + phase) * gait;
    turnBone(out, from, leg, -0.5 * swing + 0.2 * back, 0, side * (0.12 + 0.9 * dead));
  }
  if (doing === DOING.throws) return since_s < 0.5 ? smooth(0, 0.45, since_s) * 1.7 : 0.1;
  return 0.26 + 0.06 * breath;
}

export const SPITTER: Breed = {
  bones: [
    { on: -1, at: [0, BODY_M, 0] },
    { on: 0, at: [0, -0.06, 0.26] },
    { on: 0, at: [0, 0.28, 0.14] },
    { on: -1, at: [-0.27, LEG_M, 0.22] },
    { on: -1, at: [0.27, LEG_M, 0.22] },
    { on: -1, at: [-0.29, LEG_M, -0.24] },
    { on: -1, at: [0.29, LEG_M, -0.24] },
  ],
  near: [
    { name: "body", bones: [BONE.body], clay: () => addBelly(bodyClay(16)) },
    { name: "sac", bones: [BONE.sac], clay: () => sacClay(14), charged: true },
    { name: "eyes", bones: [BONE.eyes], clay: () => eyesClay(8) },
    { name: "leg", bones: [BONE.front_l, BONE.front_r, BONE.back_l, BONE.back_r], clay: () => legClay(8) },
  ],
  far: [
    { name: "whole", bones: [BONE.body], clay: wholeClay },
    { name: "sac far", bones: [BONE.sac], clay: () => sacClay(8), charged: true },
  ],
  distant: [{ name: "distant", bones: [BONE.body], clay: distantClay }],
  light: [1.5, 0.62, 0.12],
  boss_light: [0.4, 1.2, 1.5],
  halos: [
    { bone: BONE.sac, at: [0, -0.07, 0.14], radius: 0.62, around: true, charged: true },
    { bone: BONE.eyes, at: [-0.19, 0.15, 0.17], radius: 0.2 },
    { bone: BONE.eyes, at: [0.19, 0.15, 0.17], radius: 0.2 },
  ],
  stride_m: 0.9,
  high_m: 0.98,
  wide_m: 0.42,
  lies_m: 0,
  falls: 0,
  pose,
};

function addBelly(clay: Clay): Clay {
  return addBall(clay, ball([0, -0.12, 0.02], [0.38, 0.25, 0.38], 2.4), BELLY, 12, 6);
}
