/** Nobody is taken out of a room by what is done to the things around them. */
import { describe, expect, it } from "vitest";
import type { Form } from "../scene/looks";
import { type Quaternion, compose } from "../scene/matrix";
import { Solids } from "../scene/solids";
import { type Body, fly, settles, walk } from "./body";
import { isAstray } from "./astray";
import { groundOf } from "./plain";

const EARTH_M_S2 = -9.81;
const FRAMES_PER_S = 60;
const FORMS: readonly Form[] = ["box", "sphere", "tube", "capsule", "plane", "ground"];
/** Rooms tried for each property; each is another. */
const ROOMS = 300;

/** Numbers from a seed: the same rooms each time. */
function dice(seed: number): (least: number, most: number) => number {
  let state = seed;
  return (least, most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return least + ((most - least) * state) / 2 ** 32;
  };
}

type Half = readonly [number, number, number];

/** A plain on which something stands that may be put elsewhere, turned and scaled. */
function scene(plain = true) {
  const solids = new Solids();
  const put = (owner: number, form: Form, at: Half, half: Half, turn: Quaternion = [0, 0, 0, 1]): void => {
    const matrix = new Float32Array(16);
    compose(matrix, 0, at, turn, [1, 1, 1]);
    solids.put(owner, form, 1, half, true, matrix, 0);
  };
  return { put, ground: groundOf(solids, () => plain) };
}

const standing = (): Body => ({ x: 0, y: 0, z: 0, up_m_s: 0, grounded: true });

function stay(body: Body, ground: ReturnType<typeof scene>["ground"], seconds: number, speed_x = 0, speed_z = 0): void {
  for (let frame = 0; frame < seconds * FRAMES_PER_S; frame += 1) walk(body, speed_x, speed_z, false, 1 / FRAMES_PER_S, ground, EARTH_M_S2);
}

/** The farthest one gets in a second and a half in one of four directions, metres. */
function reach(body: Body, ground: ReturnType<typeof scene>["ground"]): number {
  const ways = [[2.6, 0], [-2.6, 0], [0, 2.6], [0, -2.6]] as const;
  const far = ways.map(([x, z]) => {
    const walker = { ...body };
    stay(walker, ground, 1.5, x, z);
    return Math.hypot(walker.x - body.x, walker.z - body.z);
  });
  return Math.max(...far);
}

describe("whatever grows around somebody", () => {
  it("neither throws them out nor lifts them onto it, and they walk on", () => {
    for (let seed = 1; seed <= ROOMS; seed += 1) {
      const roll = dice(seed);
      const { put, ground } = scene();
      const form = FORMS[Math.floor(roll(0, FORMS.length))] ?? "box";
      const half: Half = [roll(1.5, 300), roll(1.5, 300), roll(1.5, 300)];
      const angle = roll(0, Math.PI);
      put(1, form, [roll(-1, 1), roll(-1, 1), roll(-1, 1)], half, [0, Math.sin(angle / 2), 0, Math.cos(angle / 2)]);
      const body = standing();
      stay(body, ground, 2);
      const said = `${form} ${half.map((each) => each.toFixed(1)).join(" ")} (seed ${seed})`;
      expect(Math.hypot(body.x, body.z), said).toBeLessThan(2);
      expect(Math.abs(body.y), said).toBeLessThan(1.5);
      expect(reach(body, ground), said).toBeGreaterThan(1);
    }
  });

  it("a step at a time, as a handle drags it", () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const roll = dice(seed);
      const { put, ground } = scene();
      const body = standing();
      const [x, z] = [roll(-0.5, 0.5), roll(-0.5, 0.5)];
      for (let size = 0.2; size < 60; size *= 1.15) {
        put(1, "box", [x, 0, z], [size, size, size]);
        stay(body, ground, 0.1);
      }
      expect(Math.hypot(body.x, body.z), `seed ${seed}`).toBeLessThan(4);
      expect(Math.abs(body.y), `seed ${seed}`).toBeLessThan(4);
      expect(reach(body, ground), `seed ${seed}`).toBeGreaterThan(1);
    }
  });

  it("lets those who fly out as well", () => {
    const { put, ground } = scene();
    put(1, "box", [0, 0, 0], [40, 40, 40]);
    const body = { ...standing(), y: 5 };
    for (let frame = 0; frame < 2 * FRAMES_PER_S; frame += 1) fly(body, [4, 0, 0], 1 / FRAMES_PER_S, ground);
    expect(body.x).toBeGreaterThan(7);
    expect(Math.abs(body.y - 5)).toBeLessThan(0.1);
  });

  it("is no place to teleport to", () => {
    const { put, ground } = scene();
    put(1, "box", [0, 0, 0], [40, 40, 40]);
    expect(settles({ ...standing(), x: 5 }, ground)).toBe(false);
    expect(settles({ ...standing(), x: 60 }, ground)).toBe(true);
  });
});

describe("a floor that is lifted", () => {
  it("by less than a step carries people along, by more goes through them", () => {
    for (const lift_m of [0.1, 0.3, 0.8, 1.6, 4, 50]) {
      const { put, ground } = scene();
      put(1, "box", [0, -0.5, 0], [20, 0.5, 20]);
      const body = standing();
      put(1, "box", [0, lift_m - 0.5, 0], [20, 0.5, 20]);
      stay(body, ground, 2);
      expect(Math.hypot(body.x, body.z), `${lift_m}`).toBeLessThan(0.5);
      expect(body.y, `${lift_m}`).toBeLessThanOrEqual(Math.max(lift_m, 0) + 0.01);
      expect(reach(body, ground), `${lift_m}`).toBeGreaterThan(1);
    }
  });
});

describe("a parent that moves", () => {
  it("takes its things through people, and none of them along", () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const roll = dice(seed);
      const { put, ground } = scene();
      const body = standing();
      for (let move = 0; move < 12; move += 1) {
        const [x, y, z] = [roll(-3, 3), roll(-2, 3), roll(-3, 3)];
        for (let child = 0; child < 4; child += 1) put(child, "box", [x + child * 0.6, y, z], [0.5, 0.5, 0.5]);
        stay(body, ground, 0.2);
      }
      expect(isAstray(body)).toBe(false);
      expect(Math.hypot(body.x, body.z), `seed ${seed}`).toBeLessThan(14);
      expect(Math.abs(body.y), `seed ${seed}`).toBeLessThan(5);
    }
  });
});

describe("astray", () => {
  it("is whoever is far beyond any room, or nowhere at all", () => {
    for (const [x, y, z] of [[1e4, 0, 0], [0, -2e3, 0], [0, 0, NaN], [Infinity, 0, 0]] as const) expect(isAstray({ x, y, z })).toBe(true);
    expect(isAstray({ x: 400, y: 30, z: -400 })).toBe(false);
  });
});
