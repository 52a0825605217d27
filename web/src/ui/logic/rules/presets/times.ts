/** Presets that remember something: a switch with two states, a countdown. Pure. */
import type { Json, JsonObject } from "../../../../core/json";
import { type Preset, parts } from "./preset";

/**
 * So long after the press a switch changes, milliseconds: both of its rules have looked at it by then, and only one of them
 * found it as it wants it.
 */
const AFTER_BOTH_MS = 50;

const LIT: { readonly [what: string]: { readonly on: (on: Json) => JsonObject; readonly off: (on: Json) => JsonObject } } = {
  light: {
    on: (on) => ({ do: "set", on, components: { light: { kind: "point", intensity: 1, range: 8, color: "#FFE7B0" }, material: "glow" } }),
    off: (on) => ({ do: "unset", on, names: ["light", "material"] }),
  },
  color: {
    on: (on) => ({ do: "set", on, components: { color: "#FFD98A" } }),
    off: (on) => ({ do: "set", on, components: { color: "#3A4048" } }),
  },
};

export const LIGHT_SWITCH: Preset = {
  id: "light_switch",
  words: "Light switch",
  note: "Used, it turns the things of a tag on, and off again.",
  icon: "eye",
  questions: [
    { key: "tag", label: "Things tagged", as: "line", usual: "lamp" },
    { key: "what", label: "What changes", as: "word", usual: "light", choices: [["light", "Their light"], ["color", "Their colour"]] },
  ],
  make: (_thing, answers) => {
    const ways = LIT[answers.text("what")] ?? LIT["light"];
    const on = { tag: answers.text("tag") };
    const rule = (name: string, lit: boolean): JsonObject => {
      const step = lit ? ways?.off(on) : ways?.on(on);
      const is_lit: JsonObject = { of: "self", component: "switched_on", equals: true };
      const then = parts({ ...step, delay_ms: AFTER_BOTH_MS }, { do: "set", components: { switched_on: !lit } });
      return { name, when: { used: "self" }, if: lit ? is_lit : { not: is_lit }, then };
    };
    return { components: { switched_on: false }, rules: [rule("turns on", false), rule("turns off", true)] };
  },
};

export const COUNTDOWN: Preset = {
  id: "countdown",
  words: "Timer",
  note: "Used, it counts down, tells everyone, and sets other rules off.",
  icon: "saved",
  questions: [
    { key: "from", label: "How long", as: "number", unit: "s", min: 1, max: 3_600, usual: 10 },
    { key: "event", label: "Tells the event", as: "line", usual: "time_is_up" },
  ],
  make: (thing, answers) => {
    const from = answers.number("from");
    // Only what shows a text shows the seconds on itself.
    const show = (value: string): readonly JsonObject[] => (thing.components["text"] === undefined ? [] : [{ do: "merge", components: { text: { value } } }]);
    return {
      components: { seconds_left: 0 },
      rules: parts(
        {
          name: "begins",
          when: { used: "self" },
          if: { of: "self", component: "seconds_left", at_most: 0 },
          then: parts({ do: "set", components: { seconds_left: from } }, ...show(`${from} s`), { do: "hud", to: "all", text: `${from} seconds!` }),
        },
        {
          name: "counts",
          when: { every_ms: 1_000 },
          if: { of: "self", component: "seconds_left", above: 0 },
          then: parts({ do: "dec", components: { seconds_left: 1 } }, ...show("{self.seconds_left} s")),
        },
        {
          name: "ends",
          when: { component: "seconds_left", of: "self", at_most: 0 },
          then: parts({ do: "emit", event: answers.text("event") }, { do: "hud", to: "all", text: "Time is up!" }, ...show("Time is up!")),
        },
      ),
    };
  },
};
