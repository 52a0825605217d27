import { describe, expect, test } from "vitest";
import { AMBIENCES } from "../core/sounds";
import { HUMS } from "./hums";
import { lengthOf } from "./shapes";

describe.each(AMBIENCES)("%s", (name) => {
  const { peak, parts } = HUMS[name];

  test("stays in the background, and is long enough that nobody hears it go round", () => {
    expect(peak).toBeGreaterThan(0.05);
    expect(peak).toBeLessThanOrEqual(0.25);
    expect(lengthOf({ peak, parts })).toBeGreaterThan(8);
    expect(lengthOf({ peak, parts })).toBeLessThan(12);
  });

  test("its parts go on from the beginning to the end", () => {
    for (const { from_s, loudness } of parts) {
      expect(from_s).toBe(0);
      expect(Math.min(...loudness.slice(1, -1).map(([, loud]) => loud))).toBeGreaterThan(0.1);
    }
  });
});
