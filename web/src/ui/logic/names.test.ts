/** Lists of people in one line. */
import { expect, it } from "vitest";
import { namesLine, peopleCount } from "./names";

it("few are named, many are counted", () => {
  expect(namesLine([])).toBe("");
  expect(namesLine(["Ann"])).toBe("Ann");
  expect(namesLine(["Ann", "Ben"])).toBe("Ann and Ben");
  expect(namesLine(["Ann", "Ben", "Cem"])).toBe("Ann, Ben and Cem");
  expect(namesLine(["Ann", "Ben", "Cem", "Dia"])).toBe("Ann, Ben and 2 others");
});

it("one is a person", () => {
  expect([0, 1, 2].map(peopleCount)).toEqual(["Nobody", "1 person", "2 people"]);
});
