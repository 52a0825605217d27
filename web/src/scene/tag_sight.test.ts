import { describe, expect, it } from "vitest";
import {
  TAG_ALWAYS_M,
  TAG_CLEAR_SHARE,
  TAG_GONE_M,
  TAG_HEIGHT_M,
  TAG_READABLE_PX,
  tagReach,
  tagScale,
  tagStrength,
} from "./tag_sight";

const FIELD_OF_VIEW = 1.05;

describe("a name tag", () => {
  it("fades with distance and is gone beyond its reach", () => {
    expect(tagStrength(1, 20)).toBe(1);
    expect(tagStrength(20 * TAG_CLEAR_SHARE, 20)).toBe(1);
    expect(tagStrength(16, 20)).toBeCloseTo(0.5);
    expect(tagStrength(25, 20)).toBe(0);
  });

  it("grows with distance, but less than it shrinks to the eye", () => {
    expect(tagScale(1)).toBe(1);
    expect(tagScale(10)).toBeGreaterThan(tagScale(5));
    expect(tagScale(10) / 10).toBeLessThan(tagScale(5) / 5);
  });

  it("is shown as far as it can be read", () => {
    const height_px = 480;
    const reach_m = tagReach(height_px, FIELD_OF_VIEW);
    const seen_px = (TAG_HEIGHT_M * tagScale(reach_m) * height_px) / (2 * Math.tan(FIELD_OF_VIEW / 2) * reach_m);
    expect(seen_px).toBeCloseTo(TAG_READABLE_PX);
  });

  it("never reaches beyond twenty metres, nor less than to whoever stands before you", () => {
    expect(tagReach(4_000, FIELD_OF_VIEW)).toBe(TAG_GONE_M);
    expect(tagReach(100, FIELD_OF_VIEW)).toBe(TAG_ALWAYS_M);
  });
});
