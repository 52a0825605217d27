import { describe, expect, it } from "vitest";
import { DAY, skyOf } from "./environment";

describe("a room's sky", () => {
  it("is the day's where it says nothing", () => {
    expect(skyOf({})).toEqual(DAY);
    expect(skyOf("nonsense")).toEqual(DAY);
  });

  it("one colour colours all of it, paler towards the horizon", () => {
    const { top, horizon } = skyOf("#000040");
    expect(top).toEqual([0, 0, 0x40 / 255]);
    expect(horizon[0]).toBeGreaterThan(top[0]);
  });

  it("haze may come near, light may go out, the plain may go", () => {
    const night = skyOf({ haze: 40, light: 0.2, plain: false });
    expect(night.haze).toEqual([10, 40]);
    expect(night.light).toBe(0.2);
    expect(night.plain).toBe(false);
  });
});
