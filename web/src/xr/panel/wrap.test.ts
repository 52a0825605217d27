import { expect, test } from "vitest";
import { type Measure, fitted, fittedEnd, wrapped } from "./wrap";

/** Every letter is as wide as it is high. */
const square: Measure = (text, size) => [...text].length * size;
const FONT = { size: 1, strong: false };

test("what is too wide is shortened and says so", () => {
  expect(fitted("harbour", 7, FONT, square)).toBe("harbour");
  expect(fitted("harbour", 6, FONT, square)).toBe("harbo…");
  expect(fitted("👋👋👋👋", 3, FONT, square)).toBe("👋👋…");
});

test("of what is being written the end stays in sight", () => {
  expect(fittedEnd("abc", 3, FONT, square)).toBe("abc");
  expect(fittedEnd("abcdef", 4, FONT, square)).toBe("…def");
});

test("lines break between words, a word wider than a line within", () => {
  expect(wrapped("meet me at the harbour", 7, FONT, square)).toEqual(["meet me", "at the", "harbour"]);
  expect(wrapped("an extraordinary day", 8, FONT, square)).toEqual(["an", "extraord", "inary", "day"]);
  expect(wrapped("one\ntwo", 9, FONT, square)).toEqual(["one", "two"]);
  expect(wrapped("", 9, FONT, square)).toEqual([""]);
});

test("no more lines than there is room for, the last shortened", () => {
  expect(wrapped("meet me at the harbour", 7, FONT, square, 2)).toEqual(["meet me", "at the…"]);
  expect(wrapped("meet me at the harbour", 7, FONT, square, 3)).toEqual(["meet me", "at the", "harbour"]);
  expect(wrapped("extraordinary", 5, FONT, square, 1)).toEqual(["extr…"]);
});
