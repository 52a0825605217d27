/** Colours of people and things. */
import { describe, expect, it } from "vitest";
import { PALETTE as NEWCOMERS } from "../../core/memory";
import { contrast, CONTRAST_MIN, normalizeHex, PALETTE, PANEL_WORST, readableOn } from "./colors";

describe("colours", () => {
  it("black on white is 21 to 1", () => {
    expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21);
  });

  it("every name is readable on the lightest panel, black ones too", () => {
    for (const hex of [...PALETTE.map((color) => color.hex), "#000000", "#0000FF", "#300000"]) {
      expect(contrast(readableOn(hex), PANEL_WORST), hex).toBeGreaterThanOrEqual(CONTRAST_MIN);
    }
  });

  it("a newcomer's colour is one of the palette", () => {
    for (const hex of NEWCOMERS) expect(PALETTE.map((color) => color.hex)).toContain(hex);
  });

  it("a readable colour is left as it is", () => {
    expect(readableOn("#FFB224")).toBe("#FFB224");
  });

  it("only hexadecimal colours are colours", () => {
    expect(["#fa0", "ffaa00", " #FFAA00 ", "red", "#ff", "#12345g"].map(normalizeHex)).toEqual([
      "#FFAA00",
      "#FFAA00",
      "#FFAA00",
      null,
      null,
      null,
    ]);
  });
});
