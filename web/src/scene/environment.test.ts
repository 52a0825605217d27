import { describe, expect, it } from "vitest";
import { SKIES } from "../core/generated";
import { DAY, PRESETS, skyOf } from "./environment";

describe("a room's sky", () => {
  it("is the day's where it says nothing", () => {
    expect(skyOf({})).toEqual(DAY);
    expect(skyOf("nonsense")).toEqual(DAY);
  });

  it("may be one of ours by its name", () => {
    for (const name of SKIES) {
      expect(skyOf(name)).toEqual(PRESETS[name]);
      expect(skyOf({ preset: name })).toEqual(PRESETS[name]);
    }
  });

  it("one colour colours all of it, paler towards the horizon", () => {
    const { zenith, horizon, hills } = skyOf("#000040");
    expect(zenith).toEqual([0, 0, 0x40 / 255]);
    expect(horizon[0]).toBeGreaterThan(zenith[0]);
    expect(hills?.[0]).not.toEqual(DAY.hills?.[0]);
  });

  it("a room's own colours stand over a preset's", () => {
    const { zenith, exposure } = skyOf({ preset: "dusk", top: "#102030" });
    expect(zenith).toEqual([0x10 / 255, 0x20 / 255, 0x30 / 255]);
    expect(exposure).toBe(PRESETS.dusk.exposure);
  });

  it("haze may come near, light may go out, the plain may go", () => {
    const night = skyOf({ haze: 40, light: 0, plain: false });
    expect(night.haze_m).toBeLessThan(40);
    expect(night.sun_light).toEqual([0, 0, 0]);
    expect(night.ambient).toBe(0);
    expect(night.plain).toBe(false);
  });

  it("the sun turns with the room and keeps its height", () => {
    const [x, y, z] = skyOf({ turn: Math.PI / 2 }).sun_along;
    expect(x).toBeCloseTo(DAY.sun_along[2]);
    expect(y).toBe(DAY.sun_along[1]);
    expect(z).toBeCloseTo(-DAY.sun_along[0]);
  });
});
