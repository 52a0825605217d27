import { describe, expect, it } from "vitest";
import {
  FAR_FIGURE_M,
  FULL_FIGURE_TIER_MAX,
  LOD,
  LOD_SLACK,
  Lods,
  MID_FIGURES_MAX,
  MID_FIGURE_M,
  NEAR_FIGURES_MAX,
  NEAR_FIGURE_M,
} from "./lod";

/** One frame with people at these distances, by index; returns their levels. */
function frame(lods: Lods, distances_m: readonly number[], tier = 0): number[] {
  lods.begin();
  for (const distance_m of distances_m) lods.count(distance_m, tier);
  lods.settle();
  return distances_m.map((distance_m, index) => lods.choose(index, distance_m, tier));
}

const tally = (levels: readonly number[], level: number) => levels.filter((each) => each === level).length;

describe("levels of detail", () => {
  it("near people are full figures, then in one piece, then silhouettes, then few triangles", () => {
    expect(frame(new Lods(), [1, NEAR_FIGURE_M + 1, MID_FIGURE_M + 1, FAR_FIGURE_M + 1, 500])).toEqual([
      LOD.near,
      LOD.mid,
      LOD.far,
      LOD.farthest,
      LOD.farthest,
    ]);
  });

  it("someone who sways at an edge keeps their level", () => {
    const lods = new Lods();
    const seen = new Set<number>();
    frame(lods, [NEAR_FIGURE_M - 0.1]);
    for (let step = 0; step < 100; step += 1) {
      const sway_m = step % 2 === 0 ? 0.5 : -0.5;
      seen.add(frame(lods, [NEAR_FIGURE_M + sway_m])[0] ?? -1);
    }
    expect([...seen]).toEqual([LOD.near]);
  });

  it("someone who walks away is simpler only beyond the slack, and full again only within the reach", () => {
    const lods = new Lods();
    expect(frame(lods, [NEAR_FIGURE_M - 0.1])).toEqual([LOD.near]);
    expect(frame(lods, [NEAR_FIGURE_M * LOD_SLACK + 0.1])).toEqual([LOD.mid]);
    expect(frame(lods, [NEAR_FIGURE_M + 0.1])).toEqual([LOD.mid]);
    expect(frame(lods, [NEAR_FIGURE_M - 0.1])).toEqual([LOD.near]);
  });

  it("in a dense crowd the nearest are full figures, the caps hold, and everyone has a level", () => {
    const distances_m = Array.from({ length: 1_000 }, (_, index) => 0.5 + index * 0.01);
    const levels = frame(new Lods(), distances_m);
    expect(tally(levels, LOD.near)).toBeLessThanOrEqual(NEAR_FIGURES_MAX);
    expect(tally(levels, LOD.near)).toBeGreaterThan(0);
    expect(tally(levels, LOD.mid)).toBeLessThanOrEqual(NEAR_FIGURES_MAX + MID_FIGURES_MAX);
    expect(tally(levels, LOD.near) + tally(levels, LOD.mid) + tally(levels, LOD.far) + tally(levels, LOD.farthest)).toBe(1_000);
    expect([...levels].sort((a, b) => a - b)).toEqual(levels);
  });

  it("the caps hold while a crowd breathes", () => {
    const lods = new Lods();
    for (let step = 0; step < 200; step += 1) {
      const scale = 1 + 0.2 * Math.sin(step / 10);
      const levels = frame(
        lods,
        Array.from({ length: 400 }, (_, index) => (0.5 + index * 0.05) * scale),
      );
      expect(tally(levels, LOD.near)).toBeLessThanOrEqual(NEAR_FIGURES_MAX);
    }
  });

  it("whose place is only roughly known is no full figure, however near", () => {
    expect(frame(new Lods(), [1], FULL_FIGURE_TIER_MAX)).toEqual([LOD.near]);
    expect(frame(new Lods(), [1], FULL_FIGURE_TIER_MAX + 1)).toEqual([LOD.mid]);
  });

  it("a slower machine draws full figures less far", () => {
    const lods = new Lods();
    lods.share = 0.5;
    expect(frame(lods, [NEAR_FIGURE_M * 0.4, NEAR_FIGURE_M * 0.8])).toEqual([LOD.near, LOD.mid]);
  });

  it("an index far beyond the first thousand has a level too", () => {
    const lods = new Lods();
    lods.begin();
    lods.count(3, 0);
    lods.settle();
    expect(lods.choose(19_999, 3, 0)).toBe(LOD.near);
  });
});
