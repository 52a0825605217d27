import { describe, expect, it } from "vitest";
import { NEUTRAL, batchKey, halfExtents, isSolid, lightOf, lookOf, rgb, shapeOf } from "./looks";

const shape = (value: Parameters<typeof shapeOf>[0]) => {
  const found = shapeOf(value);
  if (found === undefined) throw new Error("no shape");
  return found;
};

describe("looks", () => {
  it("boxes of every size are drawn as one batch", () => {
    const small = lookOf({ shape: { kind: "box", size: 0.1 }, color: "#FF0000" });
    const large = lookOf({ shape: { kind: "box", width: 9, height: 2, depth: 3 }, color: "#00FF00" });
    const key = (look: typeof small) => batchKey(look.shape ?? shape({ kind: "box" }), look.surface, look.alpha);
    expect(key(small)).toBe(key(large));
    expect(large.shape?.size).toEqual([9, 2, 3]);
  });

  it("what is seen through is drawn apart from what is not", () => {
    const { surface } = lookOf({});
    expect(batchKey(shape({ kind: "box" }), surface, 0.5)).not.toBe(batchKey(shape({ kind: "box" }), surface, 1));
  });

  it("a colour is read in both spellings", () => {
    expect(rgb("#ff8000")).toEqual([1, 128 / 255, 0]);
    expect(rgb([0.25, 0.5, 2])).toEqual([0.25, 0.5, 1]);
    expect(rgb("red")).toBeUndefined();
    expect(lookOf({}).color).toBe(NEUTRAL);
  });

  it("a cone is a tube that ends in a point", () => {
    expect(shape({ kind: "cone", height: 3, diameter: 2 })).toEqual({ form: "tube", ratio: 0, size: [2, 3, 2] });
    expect(shape({ kind: "cylinder", height: 3, diameter: 2 }).ratio).toBe(1);
    expect(shape({ kind: "cylinder", diameterTop: 2, diameterBottom: 1 }).ratio).toBe(-0.5);
  });

  it("a capsule is as high and as wide as it says", () => {
    const pill = shape({ kind: "capsule", radius: 0.3, height: 1.77 });
    expect(halfExtents(pill).map((half) => half.toFixed(3))).toEqual(["0.300", "0.885", "0.300"]);
  });

  it("a ground is flat and a plane is thin", () => {
    expect(halfExtents(shape({ kind: "ground", width: 8, height: 6 }))).toEqual([4, 0, 3]);
    expect(halfExtents(shape({ kind: "plane", width: 8, height: 6 }))).toEqual([4, 3, 0]);
  });

  it("nonsense is not drawn and breaks nothing", () => {
    const nonsense = [null, 7, "teapot", [], { kind: "teapot" }, { kind: 3 }];
    for (const value of nonsense) expect(shapeOf(value)).toBeUndefined();
    expect(shape({ kind: "box", width: "wide", height: -2 }).size).toEqual([1, 2, 1]);
    expect(lookOf({ text: { value: "   " } }).text).toBeUndefined();
    expect(lightOf({ kind: "laser" })).toBeUndefined();
  });

  it("one walks through what can be carried, and against walls", () => {
    const box = { shape: { kind: "box" } };
    expect(isSolid(box)).toBe(true);
    expect(isSolid({ ...box, holdable: {} })).toBe(false);
    expect(isSolid({ ...box, holdable: {}, wall: true })).toBe(true);
    expect(isSolid({ ...box, wall: false })).toBe(false);
    expect(isSolid({ text: { value: "a sign" } })).toBe(false);
  });
});
