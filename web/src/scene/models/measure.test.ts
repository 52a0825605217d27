import { describe, expect, it } from "vitest";
import { hullCollider, skinCollider, standOf } from "./measure";

/** A box of eight corners and twelve triangles, moved up. */
const points = new Float32Array([-1, 1].flatMap((x) => [0, 2].flatMap((y) => [-1, 1].flatMap((z) => [x, y, z]))));
const triangles = new Uint32Array([0, 1, 3, 0, 3, 2, 4, 6, 7, 4, 7, 5, 0, 4, 5, 0, 5, 1, 2, 3, 7, 2, 7, 6, 0, 2, 6, 0, 6, 4, 1, 5, 7, 1, 7, 3]);

describe("a model", () => {
  it("is measured by its own outermost corners, each once", () => {
    const collider = hullCollider({ points, triangles });
    expect(collider?.["shape"]).toBe("convex");
    const found = (collider?.["points"] as number[][]).map((corner) => corner.join());
    expect(new Set(found).size).toBe(found.length);
    expect(found.sort()).toEqual(["-1,0,-1", "-1,0,1", "-1,2,-1", "-1,2,1", "1,0,-1", "1,0,1", "1,2,-1", "1,2,1"]);
  });

  it("of very many corners has a hull of few", () => {
    const ball = new Float32Array(30_000).map((_, at) => {
      const turn = Math.floor(at / 3);
      return [Math.sin(turn) * Math.cos(turn * 7), Math.cos(turn), Math.sin(turn) * Math.sin(turn * 7)][at % 3] ?? 0;
    });
    const corners = hullCollider({ points: ball, triangles })?.["points"] as number[][];
    expect(corners.length).toBeLessThanOrEqual(64);
    for (const corner of corners) expect(Math.hypot(...corner)).toBeGreaterThan(0.99);
  });

  it("is its triangles where they are few, without those that have no face", () => {
    const with_nothing = new Uint32Array([...triangles, 0, 0, 1]);
    const skin = skinCollider({ points, triangles: with_nothing });
    expect(skin?.["triangles"]).toHaveLength(12);
    expect(skin?.["points"]).toHaveLength(8);
    const many = new Uint32Array(3 * 300).map((_, at) => [0, 1, 2][at % 3] ?? 0);
    expect(skinCollider({ points, triangles: many })).toBeUndefined();
  });

  it("stands with its lowest point on the floor", () => {
    const sunk = { points: points.map((part, at) => (at % 3 === 1 ? part - 0.5 : part)), triangles };
    const { below_m, foot } = standOf(sunk);
    expect([below_m, foot.height_m]).toEqual([0.5, 2]);
    expect(foot.radius_m).toBeCloseTo(Math.SQRT2);
  });

  it("without anything in it has no collider", () => {
    const nothing = { points: new Float32Array(), triangles: new Uint32Array() };
    expect(hullCollider(nothing)).toBeUndefined();
    expect(skinCollider(nothing)).toBeUndefined();
  });
});
