/** The presets that the inspector offers, and what they make of a thing's rules. Pure. */
import type { Json, JsonObject } from "../../../../core/json";
import { freeName, rulesOf } from "../read";
import { type Answers, type Preset, type PresetThing } from "./preset";
import { BUTTON, COLLECTABLE, SPAWNER, TARGET } from "./things";
import { COUNTDOWN, LIGHT_SWITCH } from "./times";
import { COLOURED_DOOR, DOOR, LIFT, PORTAL } from "./ways";

export { type Preset, type Question, answersOf, isAnswered } from "./preset";

export const PRESETS: readonly Preset[] = [DOOR, COLOURED_DOOR, LIFT, BUTTON, COLLECTABLE, TARGET, SPAWNER, PORTAL, LIGHT_SWITCH, COUNTDOWN];

/** What a thing gets by a preset: its components, and its rules besides those it has, each under a name that is free. */
export function presetComponents(preset: Preset, thing: PresetThing, answers: Answers): JsonObject {
  const made = preset.make(thing, answers);
  const rules: Json[] = [...rulesOf(thing.components["rules"])];
  for (const rule of made.rules) rules.push({ ...rule, name: freeName(rules, String(rule["name"])) });
  return { ...made.components, rules };
}
