/** Presets: each puts rules that can be read on a thing, and leaves what is there. */
import { describe, expect, it, test } from "vitest";
import type { Json } from "../../../../core/json";
import { COMPONENTS } from "../../../../core/components";
import { ICON_PATHS } from "../../../parts/icon_paths";
import { checkRules } from "../check";
import { PRESETS, answersOf, isAnswered, presetComponents } from "./index";
import { heightOf, writtenName } from "./preset";

const BOX = { entity: "box01", components: { shape: { kind: "box", width: 2, height: 2.4, depth: 0.2 }, color: "#2A8C82", text: { value: "Hi" } } };
const GIVEN = { to: "exit1", from: "ball1", color: "#FFFFFF" };

describe.each(PRESETS)("$words", (preset) => {
  const answers = (given: { readonly [key: string]: Json }) => answersOf(preset.questions, given);
  const things = Object.fromEntries(preset.questions.filter(({ as }) => as === "thing").map(({ key }) => [key, GIVEN[key as "to" | "from"]]));

  it("is valid with the usual answers, and with every choice", () => {
    const choices = preset.questions.flatMap((question) => (question.as === "word" ? question.choices.map(([value]) => ({ [question.key]: value })) : []));
    for (const given of [{}, ...choices]) {
      const { rules } = presetComponents(preset, BOX, answers({ ...things, ...given }));
      expect(checkRules(rules as readonly Json[])).toEqual([]);
    }
  });

  it("adds to the rules that are there, under names that are free", () => {
    const first = presetComponents(preset, BOX, answers(things));
    const again = presetComponents(preset, { ...BOX, components: { ...BOX.components, ...first } }, answers(things));
    const [once, twice] = [first["rules"], again["rules"]] as readonly (readonly Json[])[];
    expect(twice?.slice(0, once?.length)).toEqual(once);
    expect(twice?.length).toBe((once?.length ?? 0) * 2);
    expect(checkRules(twice ?? [])).toEqual([]);
  });

  it("has a picture, a line of words, and writes components that builders may", () => {
    expect(Object.hasOwn(ICON_PATHS, preset.icon)).toBe(true);
    expect(preset.note.length).toBeLessThan(80);
    for (const name of Object.keys(presetComponents(preset, BOX, answers(things)))) expect(COMPONENTS[name]?.server_only ?? false).toBe(false);
    expect(isAnswered(preset.questions, things)).toBe(true);
    expect(isAnswered(preset.questions, {})).toBe(Object.keys(things).length === 0);
  });
});

test("a red key's door is red and says what it needs", () => {
  const preset = PRESETS.find(({ id }) => id === "coloured_door");
  const made = preset?.make(BOX, answersOf(preset.questions, { key: "Red Key" }));
  expect(made?.components).toEqual({ color: "#E2373A", door: { slide: [0, 2.4, 0], duration_ms: 1_000, key: "red_key" } });
  expect(made?.rules[1]).toMatchObject({ if: { not: { of: "actor", has: "red_key" } }, then: [{ do: "hud", text: "You need the red key" }] });
});

test("a door moves as far as it is high, also where it is scaled", () => {
  expect(heightOf(BOX)).toBe(2.4);
  expect(heightOf({ entity: "a", components: { shape: { kind: "box", size: 1 }, scale: [1, -2, 1] } })).toBe(2);
});

test("names are written as rules write them", () => {
  expect(["Red Key", " Schlüssel nº 3!", "", "🗝"].map(writtenName)).toEqual(["red_key", "schlussel_no_3", "thing", "thing"]);
});
