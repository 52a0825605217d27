import { describe, expect, it } from "vitest";
import type { Json } from "../core/json";
import { halfExtents, shapeOf } from "../scene/looks";
import { type Quaternion, type Vector, compose } from "../scene/matrix";
import { Solids } from "../scene/solids";
import { BODY_RADIUS_M, type Body, SINK_M_S, fly, follow, settles, walk } from "./body";
import { groundOf } from "./plain";

function room(things: readonly (readonly [Json, Vector, Quaternion?])[], plain = true) {
  const solids = new Solids();
  things.forEach(([value, at, turn], owner) => {
    const look = shapeOf(value);
    if (look === undefined) throw new Error("no shape");
    const matrix = new Float32Array(16);
    compose(matrix, 0, at, turn ?? [0, 0, 0, 1], [1, 1, 1]);
    solids.put(owner, look.form, look.ratio, halfExtents(look), true, matrix, 0);
  });
  return groundOf(solids, () => plain);
}

const EARTH_M_S2 = -9.81;
const MOON_M_S2 = -1.62;

const standing = (x: number, z: number, y = 0): Body => ({ x, y, z, up_m_s: 0, grounded: true });

/** Walks along +Z for a while at 60 frames per second. */
function walkOn(body: Body, ground: ReturnType<typeof room>, seconds: number, speed = 2.6, jump = false): Body {
  for (let frame = 0; frame < seconds * 60; frame += 1) walk(body, 0, speed, jump && frame === 0, 1 / 60, ground, EARTH_M_S2);
  return body;
}

/** Jumps on the spot with a gravity: how high that goes, metres, and after how long one stands again, seconds. */
function jumpIn(gravity_m_s2: number, ground = room([]), at = standing(0, 0)): { height_m: number; after_s: number } {
  let [height_m, frames] = [0, 0];
  do {
    walk(at, 0, 0, frames === 0, 1 / 60, ground, gravity_m_s2);
    height_m = Math.max(height_m, at.y);
    frames += 1;
  } while (!at.grounded && frames < 60 * 60);
  return { height_m, after_s: frames / 60 };
}

describe("a body", () => {
  it("stands on the plain and stays there", () => {
    const body = walkOn(standing(0, 0), room([]), 1, 0);
    expect([body.x, body.y, body.z]).toEqual([0, 0, 0]);
    expect(body.grounded).toBe(true);
  });

  it("is stopped by a wall, at the distance of its radius", () => {
    const body = walkOn(standing(0, 0), room([[{ kind: "box", width: 4, height: 3, depth: 0.2 }, [0, 1.5, 2]]]), 3);
    expect(body.z).toBeCloseTo(1.9 - BODY_RADIUS_M, 2);
  });

  it("slides along a wall that stands askew", () => {
    const askew: Quaternion = [0, Math.sin(Math.PI / 8), 0, Math.cos(Math.PI / 8)];
    const wall = { kind: "box", width: 40, height: 3, depth: 0.2 };
    const body = walkOn(standing(0, 0), room([[wall, [0, 1.5, 2], askew]]), 2);
    expect(body.x).not.toBeCloseTo(0, 1);
    expect(body.z).toBeLessThan(5);
  });

  it("does not run through a thin wall, however fast", () => {
    const body = walkOn(standing(0, 0), room([[{ kind: "plane", width: 4, height: 3 }, [0, 1.5, 2]]]), 1, 30);
    expect(body.z).toBeLessThan(2);
  });

  it("climbs a stair of low steps", () => {
    const steps = [0, 1, 2, 3].map((step) => {
      const height = 0.2 * (step + 1);
      return [{ kind: "box", width: 2, height, depth: 0.4 }, [0, height / 2, 1 + step * 0.4]] as const;
    });
    const body = walkOn(standing(0, 0), room(steps), 0.85);
    expect(body.y).toBeCloseTo(0.8, 2);
    expect(body.grounded).toBe(true);
  });

  it("is stopped by a table but not by a kerb", () => {
    const table = walkOn(standing(0, 0), room([[{ kind: "box", width: 2, height: 0.8, depth: 1 }, [0, 0.4, 2]]]), 2);
    expect(table.z).toBeLessThan(1.5);
    const kerb = walkOn(standing(0, 0), room([[{ kind: "box", width: 2, height: 0.15, depth: 0.4 }, [0, 0.07, 2]]]), 2);
    expect(kerb.z).toBeCloseTo(5.2, 1);
    expect(kerb.y).toBe(0);
  });

  it("walks up a ramp and stays on it on the way down", () => {
    const tilt: Quaternion = [Math.sin(-0.15), 0, 0, Math.cos(-0.15)];
    const ramp = room([[{ kind: "box", width: 4, height: 0.2, depth: 12 }, [0, 1, 4], tilt]]);
    const body = walkOn(standing(0, 0), ramp, 2);
    expect(body.y).toBeGreaterThan(1);
    for (let frame = 0; frame < 60; frame += 1) {
      walk(body, 0, -2.6, false, 1 / 60, ramp, EARTH_M_S2);
      expect(body.grounded).toBe(true);
    }
  });

  it("jumps onto what is knee-high", () => {
    const ground = room([[{ kind: "box", width: 2, height: 0.7, depth: 3 }, [0, 0.35, 2.2]]]);
    const body = walkOn(standing(0, 0), ground, 1, 2.6, true);
    expect(body.y).toBeCloseTo(0.7, 2);
  });

  it("a ceiling ends a jump", () => {
    const ground = room([[{ kind: "box", width: 4, height: 0.2, depth: 4 }, [0, 2.3, 0]]]);
    const body = standing(0, 0);
    let highest = 0;
    for (let frame = 0; frame < 60; frame += 1) {
      walk(body, 0, 0, frame === 0, 1 / 60, ground, EARTH_M_S2);
      highest = Math.max(highest, body.y);
    }
    expect(highest).toBeLessThan(0.4);
    expect(body.grounded).toBe(true);
  });

  it("lands on a floor however fast it falls", () => {
    const ground = room([[{ kind: "ground", width: 9, height: 9 }, [0, -30, 0]]], false);
    const body = walkOn({ ...standing(0, 0, 100), grounded: false }, ground, 8, 0);
    expect(body.y).toBeCloseTo(-30, 1);
  });

  it("falls for good where there is no floor", () => {
    expect(walkOn(standing(0, 0), room([], false), 3, 0).y).toBeLessThan(-20);
  });

  it("flying passes over a wall but not through it", () => {
    const ground = room([[{ kind: "box", width: 4, height: 3, depth: 0.2 }, [0, 1.5, 2]]]);
    const low = standing(0, 0);
    const high = standing(0, 0, 4);
    for (let frame = 0; frame < 120; frame += 1) {
      fly(low, [0, 0, 4], 1 / 60, ground);
      fly(high, [0, 0, 4], 1 / 60, ground);
    }
    expect(low.z).toBeLessThan(2);
    expect(high.z).toBeGreaterThan(7);
  });
});

describe("a body in a room with a gravity of its own", () => {
  const edge = () => room([[{ kind: "box", width: 2, height: 0.2, depth: 2 }, [0, 2.9, 0]]]);
  const onEdge = () => standing(0, 0, 3);
  /** Walks over the edge and on, for some seconds. */
  const walkOver = (gravity_m_s2: number, seconds: number): Body => {
    const [body, ground] = [onEdge(), edge()];
    for (let frame = 0; frame < seconds * 60; frame += 1) walk(body, 0, 2.6, false, 1 / 60, ground, gravity_m_s2);
    return body;
  };

  it("jumps higher and longer the weaker that is, with the same push", () => {
    const [earth, moon] = [jumpIn(EARTH_M_S2), jumpIn(MOON_M_S2)];
    expect([earth.height_m, moon.height_m]).toEqual([expect.closeTo(0.9, 1), expect.closeTo(5.4, 1)]);
    expect(moon.after_s / earth.after_s).toBeCloseTo(EARTH_M_S2 / MOON_M_S2, 0);
  });

  it("falls as fast as that says", () => {
    const fall = (gravity_m_s2: number): number => {
      const body = { ...standing(0, 0, 100), grounded: false };
      for (let frame = 0; frame < 60; frame += 1) walk(body, 0, 0, false, 1 / 60, room([]), gravity_m_s2);
      return 100 - body.y;
    };
    expect([fall(EARTH_M_S2), fall(MOON_M_S2)]).toEqual([expect.closeTo(4.9, 0), expect.closeTo(0.8, 1)]);
  });

  it("does not fall where there is none, or it goes up: over an edge one walks on as high", () => {
    for (const gravity_m_s2 of [0, 5, 50]) {
      const { y, z } = walkOver(gravity_m_s2, 3);
      expect([y, z]).toEqual([expect.closeTo(3), expect.closeTo(7.8, 1)]);
    }
    expect(walkOver(EARTH_M_S2, 3).y).toBe(0);
  });

  it("stands again where one has walked over an edge and back", () => {
    for (const height of [0.7, 1.1, 3, 12.3]) {
      const ground = room([[{ kind: "box", width: 2, height: 0.2, depth: 2 }, [0, height - 0.1, 0]]]);
      const body = standing(0, 0, height);
      const walkFor = (speed: number): void => {
        for (let frame = 0; frame < 60; frame += 1) walk(body, 0, speed, false, 1 / 60, ground, 0);
      };
      walkFor(2.6);
      expect(body.grounded).toBe(false);
      walkFor(-2.6);
      expect(body.grounded).toBe(true);
    }
  });

  it("pushes off where there is none, is braked and comes back: nobody drifts away", () => {
    for (const gravity_m_s2 of [-0.01, 0, 5, 50]) {
      const { height_m, after_s } = jumpIn(gravity_m_s2);
      expect(height_m).toBeCloseTo(0.85, 1);
      expect(after_s).toBeLessThan(2.5);
    }
  });

  it("comes down from a ceiling, too", () => {
    const low = room([[{ kind: "box", width: 4, height: 0.2, depth: 4 }, [0, 2.3, 0]]]);
    expect(jumpIn(0, low).after_s).toBeLessThan(2);
  });

  it("sinks to the floor when it has flown, and stands and jumps there", () => {
    const [body, ground] = [standing(0, 0, 5), room([])];
    fly(body, [0, 0, 0], 1 / 60, ground);
    for (let frame = 0; frame < 60; frame += 1) walk(body, 0, 0, false, 1 / 60, ground, 0);
    expect(body.y).toBeCloseTo(5 - SINK_M_S, 2);
    for (let frame = 0; frame < 60 * 5; frame += 1) walk(body, 0, 0, false, 1 / 60, ground, 0);
    expect([body.y, body.grounded]).toEqual([0, true]);
    expect(jumpIn(0, ground, body).height_m).toBeGreaterThan(0.5);
  });
});

describe("a body that is to stand somewhere", () => {
  const wall = { kind: "box", width: 4, height: 3, depth: 0.2 };
  const settled = (at: Body, ground: ReturnType<typeof room>) => settles(at, ground) && [at.x, at.y, at.z];

  it("stands on the plain, and not in the air", () => {
    expect(settled(standing(1, 2), room([]))).toEqual([1, 0, 2]);
    expect(settled(standing(1, 2), room([], false))).toBe(false);
  });

  it("is put beside a wall that is a little too near, not into a gap that is too narrow", () => {
    const [, , z] = settled(standing(0, 1.8), room([[wall, [0, 1.5, 2]]])) as readonly number[];
    expect(z).toBeCloseTo(1.9 - BODY_RADIUS_M, 2);
    expect(settled(standing(0, 2), room([[wall, [0, 1.5, 1.7]], [wall, [0, 1.5, 2.3]]]))).toBe(false);
  });

  it("needs a floor that is level and wide enough, and room for its head", () => {
    const tilt = 0.9 / 2;
    const steep = room([[{ kind: "box", width: 8, height: 0.2, depth: 8 }, [0, 2, 0], [Math.sin(tilt), 0, 0, Math.cos(tilt)]]], false);
    expect(settled(standing(0, 0, 2.16), steep)).toBe(false);
    const post = room([[{ kind: "box", width: 0.2, height: 2, depth: 0.2 }, [0, 1, 0]]]);
    expect(settled(standing(0, 0, 2), post)).toBe(false);
    const low = room([[{ kind: "box", width: 9, height: 0.2, depth: 9 }, [0, 1.6, 0]]]);
    expect(settled(standing(0, 0), low)).toBe(false);
  });
});

describe("a body under a head that walks", () => {
  it("goes along, and stays before walls", () => {
    const ground = room([[{ kind: "box", width: 4, height: 3, depth: 0.2 }, [0, 1.5, 1]]]);
    const body = standing(0, 0);
    follow(body, 0.3, 0.4, false, ground);
    expect([body.x, body.z]).toEqual([expect.closeTo(0.3), expect.closeTo(0.4)]);
    follow(body, 0, 1, false, ground);
    expect(body.z).toBeCloseTo(0.9 - BODY_RADIUS_M, 2);
  });
});
