import { expect, test } from "vitest";
import { PALETTE } from "./memory";
import { freeColor, suggestName } from "./suggest";

test("a suggested name is two words, another one for other dice", () => {
  const names = [0, 0.2, 0.5, 0.9, 1].map(suggestName);
  for (const name of names) expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  expect(new Set(names).size).toBe(5);
});

test("a newcomer keeps a colour that nobody has, and else gets one that is free, or the rarest", () => {
  const [first = "", second = ""] = PALETTE;
  expect(freeColor(first, ["#000000"])).toBe(first);
  expect(freeColor(first, [first.toLowerCase()])).toBe(second);
  expect(freeColor(first, [...PALETTE, ...PALETTE.slice(0, 3)])).toBe(PALETTE[3]);
});
