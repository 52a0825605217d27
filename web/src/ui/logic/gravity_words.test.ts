import { describe, expect, it } from "vitest";
import { gravityChoice, gravityNamed } from "./gravity_words";

const words = (gravity_m_s2: number) => gravityChoice(gravity_m_s2).options.map((option) => option.words);

describe("a room's gravity as a choice", () => {
  it("has a name where it is one of the four, and every name has its gravity", () => {
    expect(["earth", "moon", "mars", "none"].map(gravityNamed)).toEqual([-9.81, -1.62, -3.71, 0]);
    for (const { value } of gravityChoice(0).options) expect(gravityChoice(gravityNamed(value) ?? 1).value).toBe(value);
    expect(gravityChoice(-9.810_000_1).value).toBe("earth");
    expect(words(-9.81)).toEqual(["Earth", "Moon", "Mars", "None"]);
  });

  it("is another where it is none of them, which says how strong and cannot be chosen", () => {
    expect(gravityChoice(-5).value).toBe("other");
    expect(words(-5).at(-1)).toBe("Other (5 m/s²)");
    expect(words(2.5).at(-1)).toBe("Other (2.5 m/s² upwards)");
    expect(gravityNamed("other")).toBeUndefined();
  });
});
