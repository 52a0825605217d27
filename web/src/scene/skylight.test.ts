import { describe, expect, it } from "vitest";
import { DAY, PRESETS } from "./environment";
import { ambientCube } from "./skylight";

describe("the light of the sky", () => {
  it("by day is bluer from above than from below, and as bright from every side of the horizon", () => {
    const [east, west, up, down] = ambientCube(DAY);
    for (const axis of [0, 1, 2] as const) expect(east?.[axis]).toBeCloseTo(west?.[axis] ?? 0, 5);
    expect((up?.[2] ?? 0) / (up?.[0] ?? 1)).toBeGreaterThan(1.5);
    expect(down?.[0]).toBeGreaterThan(down?.[2] ?? 1);
  });

  it("fills shade to about a third of what the sun gives", () => {
    const [east] = ambientCube(DAY);
    const share = (east?.[1] ?? 0) / DAY.sun_light[1];
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
  });

  it("is never black: one finds one's way at night", () => {
    for (const side of ambientCube(PRESETS.night)) expect(Math.min(...side)).toBeGreaterThan(0.01);
  });
});
