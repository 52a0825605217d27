/** What of the window is free, from the smallest phone to the largest wall. */
import { describe, expect, it } from "vitest";
import { layoutOf } from "./layout";

const size = (width_px: number, height_px: number) => ({ width_px, height_px });
const SIZES = [[320, 568], [320, 240], [390, 844], [568, 320], [700, 390], [844, 390], [641, 481], [860, 500], [1280, 720], [3840, 2160]] as const;

describe("layout", () => {
  it("nothing is taken while nothing is open", () => {
    for (const [width, height] of SIZES) expect(layoutOf(size(width, height), null)).toMatchObject({ right_px: 0, bottom_px: 0, view_yields: false });
  });

  it("a drawer beside the view leaves room for what stands there", () => {
    for (const [width, height] of SIZES) {
      const { place, right_px } = layoutOf(size(width, height), "people");
      if (place === "beside") expect(width - right_px, `${width}`).toBeGreaterThanOrEqual(270);
    }
    expect(layoutOf(size(3840, 2160), "people").drawer_px).toBe(380);
  });

  it("where one points is never under the drawer", () => {
    for (const [width, height] of SIZES) {
      const { place, right_px, bottom_px, view_yields } = layoutOf(size(width, height), "build");
      if (place === "whole") continue;
      const middle_x = view_yields ? (width - right_px) / 2 : width / 2;
      const middle_y = view_yields ? (height - bottom_px) / 2 : height / 2;
      expect(middle_x).toBeLessThan(width - right_px - 60);
      expect(middle_y).toBeLessThan(height - bottom_px - 60);
    }
  });

  it("on a phone one builds with the room above, chats on all of it, and held sideways with the room beside", () => {
    expect(layoutOf(size(390, 844), "build")).toMatchObject({ place: "half", bottom_px: 422, view_yields: true });
    expect(layoutOf(size(390, 844), "chat").place).toBe("whole");
    expect(layoutOf(size(844, 390), "chat").place).toBe("beside");
    expect(layoutOf(size(320, 240), "build").place).toBe("whole");
  });
});
