import { describe, expect, test } from "vitest";
import { SOUNDS } from "../core/sounds";
import { RECIPES } from "./recipes";
import { type Curve, lengthOf } from "./shapes";

/** Nobody hears lower or higher, hertz. */
const AUDIBLE_HZ = [20, 20_000] as const;

const inOrder = (curve: Curve): boolean => curve.every(([at_s], index) => at_s > (curve[index - 1]?.[0] ?? -1));

describe.each(SOUNDS)("%s", (name) => {
  const recipe = RECIPES[name];

  test("is over within three seconds", () => {
    expect(lengthOf(recipe)).toBeGreaterThan(0.05);
    expect(lengthOf(recipe)).toBeLessThan(3);
  });

  test("is loud enough to be heard, and not louder than sound can be", () => {
    expect(recipe.peak).toBeGreaterThanOrEqual(0.1);
    expect(recipe.peak).toBeLessThanOrEqual(1);
  });

  test("begins and ends in silence, and never goes back in time", () => {
    for (const { from_s, loudness, pitch_hz, filter } of recipe.parts) {
      expect(from_s).toBeGreaterThanOrEqual(0);
      expect([loudness[0], loudness.at(-1)?.[1]]).toEqual([[0, 0], 0]);
      for (const curve of [loudness, pitch_hz, ...(filter === undefined ? [] : [filter.hz])]) expect(inOrder(curve)).toBe(true);
    }
  });

  test("is of what people hear", () => {
    const pitches = recipe.parts.filter(({ wave }) => wave !== "noise").flatMap(({ pitch_hz }) => pitch_hz);
    const filters = recipe.parts.flatMap(({ filter }) => filter?.hz ?? []);
    for (const [, hz] of [...pitches, ...filters]) expect(hz >= AUDIBLE_HZ[0] && hz <= AUDIBLE_HZ[1]).toBe(true);
  });
});

test("no two sounds are the same", () => {
  expect(new Set(Object.values(RECIPES).map((recipe) => JSON.stringify(recipe.parts))).size).toBe(SOUNDS.length);
});
