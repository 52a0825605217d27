import { expect, test } from "vitest";
import { HAIR_COLORS, PLAIN_LOOK } from "../../core/avatar_look";
import { HAIR_WORDS, LOOK_CHOICES, hasHair, stepped, withPart, wordsOf } from "./looks";

test("choices go round, each with its words", () => {
  for (const choice of LOOK_CHOICES) {
    let look = PLAIN_LOOK;
    const words = new Set<string>();
    for (const _ of choice.options) {
      words.add(wordsOf(choice, look));
      look = { ...look, ...withPart(look, choice.part, stepped(choice, look, 1)) };
    }
    expect(look).toEqual(PLAIN_LOOK);
    expect(words.size).toBe(choice.options.length);
    expect(stepped(choice, PLAIN_LOOK, -1)).toBe(choice.options.at(-1)?.value);
  }
});

test("hair comes with its colour, a hat does not", () => {
  expect(withPart(PLAIN_LOOK, "top", "bun")).toEqual({ top: "bun", hair: PLAIN_LOOK.hair });
  expect(withPart(PLAIN_LOOK, "top", "cap")).toEqual({ top: "cap" });
  expect([hasHair({ ...PLAIN_LOOK, top: "curls" }), hasHair({ ...PLAIN_LOOK, top: "beanie" })]).toEqual([true, false]);
});

test("every colour of hair has a name", () => {
  expect(HAIR_WORDS.map(({ hex }) => hex)).toEqual([...HAIR_COLORS]);
});
