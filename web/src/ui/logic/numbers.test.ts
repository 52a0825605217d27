/** Numbers typed by people. */
import { describe, expect, it } from "vitest";
import { formatNumber, parseNumber, stepped } from "./numbers";

const range = { min: -10, max: 10 };

describe("numbers", () => {
  it("points, commas, spaces and typographic minus are all read", () => {
    const read = ["1.5", "1,5", " -2 ", ".5", "3.", "\u22124", "+1"].map((text) => parseNumber(text, range));
    expect(read.map((parsed) => parsed.ok && parsed.value)).toEqual([1.5, 1.5, -2, 0.5, 3, -4, 1]);
  });

  it("what is no number is refused in words", () => {
    for (const text of ["", "abc", "1e3", "Infinity", "1.2.3", "0x10", "NaN"]) {
      expect(parseNumber(text, range)).toEqual({ ok: false, error: "Needs a number" });
    }
  });

  it("what would leave nothing is refused, and steps stop before it", () => {
    const scale = { ...range, apart: 0.01 };
    expect(parseNumber("0", scale)).toMatchObject({ ok: false });
    expect(parseNumber("-0.001", scale)).toMatchObject({ ok: false });
    expect(parseNumber("-0,5", scale)).toEqual({ ok: true, value: -0.5 });
    expect([stepped(0.1, -0.1, scale), stepped(-0.1, 0.1, scale)]).toEqual([0.01, -0.01]);
  });

  it("a number out of range is told the range", () => {
    expect(parseNumber("11", range)).toEqual({ ok: false, error: "Between -10 and 10" });
  });

  it("numbers are shown shortly", () => {
    expect([1, 0.30000000000000004, -0.0001, 12.3456].map((value) => formatNumber(value))).toEqual([
      "1",
      "0.3",
      "0",
      "12.346",
    ]);
  });

  it("ten steps of a tenth make one, and steps stop at the end", () => {
    let value = 0;
    for (let count = 0; count < 10; count += 1) value = stepped(value, 0.1, range);
    expect(value).toBe(1);
    expect(stepped(9.95, 0.1, range)).toBe(10);
  });
});
