import { describe, expect, it } from "vitest";
import { TAG_CLEAR_M, TAG_GONE_M, tagScale, tagStrength } from "./tag_sight";

describe("a name tag", () => {
  it("fades with distance and is gone beyond it", () => {
    expect(tagStrength(1)).toBe(1);
    expect(tagStrength(TAG_CLEAR_M)).toBe(1);
    expect(tagStrength((TAG_CLEAR_M + TAG_GONE_M) / 2)).toBeCloseTo(0.5);
    expect(tagStrength(TAG_GONE_M + 5)).toBe(0);
  });

  it("grows with distance, but less than it shrinks to the eye", () => {
    expect(tagScale(1)).toBe(1);
    expect(tagScale(10)).toBeGreaterThan(tagScale(5));
    expect(tagScale(10) / 10).toBeLessThan(tagScale(5) / 5);
  });
});
