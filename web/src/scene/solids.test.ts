import { describe, expect, it } from "vitest";
import type { Json } from "../core/json";
import { type Form, halfExtents, shapeOf } from "./looks";
import { type Quaternion, type Vector, compose } from "./matrix";
import { Solids } from "./solids";

interface Placed {
  readonly at?: Vector;
  readonly turn?: Quaternion;
  readonly scale?: Vector;
  readonly solid?: boolean;
}

function put(solids: Solids, owner: number, value: Json, placed: Placed = {}): void {
  const look = shapeOf(value);
  if (look === undefined) throw new Error("no shape");
  const matrix = new Float32Array(16);
  compose(matrix, 0, placed.at ?? [0, 0, 0], placed.turn ?? [0, 0, 0, 1], placed.scale ?? [1, 1, 1]);
  solids.put(owner, look.form, look.ratio, halfExtents(look), placed.solid ?? true, matrix, 0);
}

const down = (solids: Solids, x: number, z: number): number => {
  solids.gather(x, z, 1);
  return solids.floorUnder(x, 10, z, 100);
};

describe("standing", () => {
  const heights: readonly (readonly [Form | "cone" | "cylinder", Json, number])[] = [
    ["box", { kind: "box", size: 2 }, 1],
    ["sphere", { kind: "sphere", diameter: 2 }, 1],
    ["cylinder", { kind: "cylinder", height: 2, diameter: 1 }, 1],
    ["cone", { kind: "cone", height: 2, diameter: 1 }, 1],
    ["capsule", { kind: "capsule", height: 2, radius: 0.5 }, 1],
    ["ground", { kind: "ground", width: 4, height: 4 }, 0],
  ];
  it.each(heights)("on top of a %s is its height", (_, value, height) => {
    const solids = new Solids();
    put(solids, 1, value);
    expect(down(solids, 0, 0)).toBeCloseTo(height, 1);
  });

  it("beside a thing there is no floor", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "box", size: 1 });
    expect(down(solids, 0.8, 0)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("a cone is lower towards its rim", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "cone", height: 2, diameter: 2 });
    expect(down(solids, 0.5, 0)).toBeCloseTo(0, 2);
  });

  it("the highest of several counts", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "ground", width: 9, height: 9 });
    put(solids, 2, { kind: "box", size: 1 }, { at: [0, 2, 0] });
    expect(down(solids, 0, 0)).toBeCloseTo(2.5, 2);
  });

  it("scale and turn count", () => {
    const solids = new Solids();
    // A box laid on its side by a quarter turn about Z: its length along X becomes its height.
    put(solids, 1, { kind: "box", size: 1 }, { turn: [0, 0, Math.SQRT1_2, Math.SQRT1_2], scale: [4, 1, 1] });
    expect(down(solids, 0, 0)).toBeCloseTo(2, 2);
  });
});

describe("bumping", () => {
  const out: [number, number, number] = [0, 0, 0];

  it("a wall pushes back by as much as one is in it", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "box", size: 2 });
    solids.gather(1.2, 0, 1);
    expect(solids.push(out, 1.2, 0, 0, 0.3)).toBe(true);
    expect(out[0]).toBeCloseTo(0.1);
    expect(out[1]).toBeCloseTo(0);
    expect(out[2]).toBeCloseTo(0);
  });

  it("a thin plane stops from both sides", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "plane", width: 4, height: 4 });
    solids.gather(0, 0, 1);
    solids.push(out, 0, 0, -0.1, 0.3);
    expect(out[2]).toBeLessThan(-0.15);
    solids.push(out, 0, 0, 0.1, 0.3);
    expect(out[2]).toBeGreaterThan(0.15);
  });

  it("what is not solid lets one pass", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "box", size: 2 }, { solid: false });
    solids.gather(0, 0, 1);
    expect(solids.push(out, 0, 0, 0, 0.3)).toBe(false);
  });

  it("what was removed stops nobody", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "box", size: 2 });
    solids.remove(1);
    solids.gather(0, 0, 1);
    expect(solids.push(out, 0, 0, 0, 0.3)).toBe(false);
  });
});

describe("pointing", () => {
  it("meets the nearest thing, solid or not", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "sphere", diameter: 1 }, { at: [0, 0, 5], solid: false });
    put(solids, 2, { kind: "box", size: 1 }, { at: [0, 0, 9] });
    const hit = solids.cast(0, 0, 0, [0, 0, 1], 100);
    expect(hit?.owner).toBe(1);
    expect(hit?.distance_m).toBeCloseTo(4.5, 2);
  });

  it("leaves out what it is told to, as what flies leaves out itself", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "box", size: 1 });
    put(solids, 2, { kind: "box", size: 1 }, { at: [0, 0, 5] });
    expect(solids.cast(0, 0, 0, [0, 0, 1], 100)?.owner).toBe(1);
    expect(solids.cast(0, 0, 0, [0, 0, 1], 100, 1)?.owner).toBe(2);
  });

  it("passes by what it misses", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "capsule", height: 2, radius: 0.25 }, { at: [0.3, 0, 5] });
    put(solids, 2, { kind: "box", size: 1 }, { at: [0, 0, 9] });
    expect(solids.cast(0, 0, 0, [0, 0, 1], 100)?.owner).toBe(2);
    expect(solids.cast(0, 0, 0, [0, 0, -1], 100)).toBeUndefined();
  });

  it("reaches no farther than it is long", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "box", size: 1 }, { at: [0, 0, 9] });
    expect(solids.cast(0, 0, 0, [0, 0, 1], 8)).toBeUndefined();
  });

  it("goes past the slope of a cone", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "cone", height: 2, diameter: 2 }, { at: [0, 0, 5] });
    expect(solids.cast(0.8, 0.8, 0, [0, 0, 1], 100)).toBeUndefined();
    expect(solids.cast(0.8, -0.9, 0, [0, 0, 1], 100)?.owner).toBe(1);
  });
});

describe("the heart of a room", () => {
  it("is where its things are; the floor does not count", () => {
    const solids = new Solids();
    put(solids, 1, { kind: "ground", width: 200, height: 200 }, { at: [90, 0, 0] });
    put(solids, 2, { kind: "sphere", diameter: 2 }, { at: [4, 1, 0] });
    put(solids, 3, { kind: "sphere", diameter: 2 }, { at: [8, 3, 0] });
    const heart = solids.heart(30);
    expect([heart?.x, heart?.y, heart?.z]).toEqual([6, 2, 0]);
    expect(heart?.spread_m).toBeGreaterThan(2);
  });

  it("an empty room has none", () => {
    expect(new Solids().heart(30)).toBeUndefined();
  });
});

describe("the nearest of what stands along a way", () => {
  const along = () => {
    const solids = new Solids();
    put(solids, 1, { kind: "sphere", diameter: 2 }, { at: [0, 0, 5] });
    put(solids, 2, { kind: "box", size: 1 }, { at: [0, 0, 9] });
    put(solids, 3, { kind: "sphere", diameter: 2 }, { at: [6, 0, 5] });
    put(solids, 4, { kind: "sphere", diameter: 2 }, { at: [0, 0, 30] });
    solids.gatherAlong(0, 0, 0, 1, 12, 0.5);
    return solids;
  };

  it("is told with its distance, up to a limit", () => {
    const solids = along();
    expect([solids.distanceTo(0, 0, 3.5, 1), solids.nearest]).toEqual([expect.closeTo(0.5), 1]);
    expect([solids.distanceTo(0, 0, 8.2, 1), solids.nearest]).toEqual([expect.closeTo(0.3), 2]);
    expect([solids.distanceTo(0, 0, 1, 1), solids.nearest]).toEqual([1, -1]);
  });

  it("is none of those beside the way or beyond its end", () => {
    const solids = along();
    expect([solids.distanceTo(5.5, 0, 5, 9), solids.nearest]).toEqual([expect.closeTo(4.5), 1]);
    solids.distanceTo(0, 0, 29, 9);
    expect(solids.nearest).toBe(-1);
  });
});
