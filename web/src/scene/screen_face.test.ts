import { describe, expect, it } from "vitest";
import { faceSize, lineHeight, pictureOn } from "./screen_face";

describe("a picture on a screen", () => {
  it("of 16:9 fills a new screen above its line, from edge to edge", () => {
    const { x, y, width, height } = pictureOn(3.2, 1.92, 16 / 9);
    expect([x, width, height].map((part) => Math.round(part * 1_000))).toEqual([0, 3_200, 1_800]);
    expect(y - height / 2).toBeCloseTo(-1.92 / 2 + lineHeight(3.2, 1.92));
  });

  it("is whole, upright and as large as it can be, whatever its aspect", () => {
    for (const aspect of [0.2, 9 / 16, 1, 4 / 3, 3.5]) {
      const { y, width, height } = pictureOn(3.2, 1.92, aspect);
      expect(width / height).toBeCloseTo(aspect);
      expect(width).toBeLessThanOrEqual(3.2 + 1e-9);
      expect(y - height / 2).toBeGreaterThanOrEqual(-1.92 / 2 + lineHeight(3.2, 1.92) - 1e-9);
      expect(y + height / 2).toBeLessThanOrEqual(1.92 / 2 + 1e-9);
      expect(Math.abs(width - 3.2) < 1e-6 || Math.abs(height - 1.8) < 1e-6).toBe(true);
    }
  });
});

it("a face's texture is bounded, also on a screen as tall as a tower", () => {
  expect(faceSize(3.2, 1.92)).toEqual({ width: 1_024, height: 614 });
  expect(faceSize(1, 50)).toEqual({ width: 64, height: 1_024 });
  expect(faceSize(1.5, 3)).toEqual({ width: 512, height: 1_024 });
  expect(faceSize(50, 0.1)).toEqual({ width: 1_024, height: 64 });
});
