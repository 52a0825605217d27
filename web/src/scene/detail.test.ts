import { describe, expect, it } from "vitest";
import { LADDER, LOW_RUNG, PIXELS_MIN, SOFTWARE_PIXELS, firstRung, rungsOf } from "./detail";

const FULL_HD = 1_920 * 1_080;
/** A phone on its side, two pixels for one. */
const PHONE = 1_688 * 780;

describe("the ladder of detail", () => {
  it("every rung costs less to draw than the one before", () => {
    const shadows = ["none", "still", "live"];
    const maps = ["coarse", "fine"];
    const cost = LADDER.map((level) =>
      shadows.indexOf(level.shadows) + maps.indexOf(level.shadow_map) + level.figures + 10 * level.resolution,
    );
    expect([...cost].sort((a, b) => b - a)).toEqual(cost);
    expect(new Set(cost).size).toBe(LADDER.length);
  });

  it("pixels are the last to go", () => {
    for (const level of LADDER.slice(0, LOW_RUNG + 1)) expect(level.resolution).toBe(1);
  });

  it("a machine without a graphics card begins without shadows and with few pixels, also on a phone", () => {
    for (const pixels of [FULL_HD, PHONE]) {
      const rungs = rungsOf("automatic", true, pixels);
      const first = LADDER[firstRung(rungs, true, pixels)];
      expect(first?.shadows).toBe("none");
      expect(pixels * (first?.resolution ?? 1) ** 2).toBeLessThan(SOFTWARE_PIXELS);
    }
  });

  it("a machine with one begins with everything", () => {
    expect(firstRung(rungsOf("automatic", false, FULL_HD), false, FULL_HD)).toBe(0);
  });

  it("a small picture keeps its pixels", () => {
    const [, coarsest] = rungsOf("automatic", true, 320 * 240);
    expect(LADDER[coarsest]?.resolution).toBe(1);
    const [, of_phone] = rungsOf("automatic", true, PHONE);
    expect(PHONE * (LADDER[of_phone]?.resolution ?? 1) ** 2).toBeGreaterThan(PIXELS_MIN);
  });

  it("what somebody decided holds; low leaves the pixels to the machine", () => {
    expect(rungsOf("high", true, FULL_HD)).toEqual([0, 0]);
    expect(rungsOf("medium", false, FULL_HD)).toEqual([1, 1]);
    expect(rungsOf("low", false, FULL_HD)[0]).toBe(LOW_RUNG);
  });
});
