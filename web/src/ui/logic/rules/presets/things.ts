/** Presets of what people use, take, hit, and what makes more of its kind. Pure. */
import type { Json, JsonObject } from "../../../../core/json";
import { text } from "../../../../core/json";
import { type Preset, type PresetThing, parts, writtenName } from "./preset";

/** What a button may do to things of a tag. */
const PRESSES: { readonly [what: string]: (on: Json) => readonly JsonObject[] } = {
  open: (on) => [{ do: "open", on }],
  up: (on) => parts(
    { do: "animate", on, by: { position: [0, 2, 0] }, duration_ms: 1_500, ease: "smooth" },
    { do: "animate", on, by: { position: [0, -2, 0] }, duration_ms: 1_500, ease: "smooth", delay_ms: 6_500 },
  ),
  paint: (on) => [{ do: "set", on, components: { color: "#5FA33C" } }],
  hide: (on) => parts(
    { do: "set", on, components: { visibility: 0 } },
    { do: "set", on, components: { visibility: 1 }, delay_ms: 5_000 },
  ),
};

export const BUTTON: Preset = {
  id: "button",
  words: "Button",
  note: "Used, it does something to all things of a tag.",
  icon: "check",
  questions: [
    { key: "tag", label: "Things tagged", as: "line", usual: "gate" },
    { key: "what", label: "What they do", as: "word", usual: "up", choices: [["up", "Move up 2 m, and back"], ["open", "Open (doors)"], ["paint", "Turn green"], ["hide", "Vanish for 5 s"]] },
  ],
  make: (_thing, answers) => {
    const steps = PRESSES[answers.text("what")] ?? PRESSES["open"];
    return { rules: [{ name: "button", when: { used: "self" }, then: steps?.({ tag: answers.text("tag") }) ?? [], cooldown_ms: 8_000 }] };
  },
};

export const COLLECTABLE: Preset = {
  id: "collectable",
  words: "To collect",
  note: "Who takes or touches it has it from then on; it is gone.",
  icon: "plus",
  questions: [
    { key: "item", label: "What it is", as: "line", usual: "red key" },
    { key: "how", label: "Taken by", as: "word", usual: "both", choices: [["both", "A click, or touching it"], ["used", "A click"]] },
  ],
  make: (_thing, answers) => {
    const then = parts({ do: "collect" }, { do: "sound", sound: "pick_up" });
    const touched: JsonObject = { name: "taken by touching it", when: { entered: "self", within_m: 0.7 }, then };
    return {
      components: { collectable: { item: writtenName(answers.text("item")) } },
      rules: answers.text("how") === "used" ? [] : [touched],
    };
  },
};

/** It shows that it was hit. */
function flash(thing: PresetThing): readonly JsonObject[] {
  const color = text(thing.components["color"]) ?? "#9AA7B4";
  return [
    { do: "set", components: { color: "#FFFFFF" } },
    { do: "set", components: { color }, delay_ms: 300 },
  ];
}

export const TARGET: Preset = {
  id: "target",
  words: "Target",
  note: "Whoever clicks it gets points, and it flashes.",
  icon: "sphere",
  questions: [{ key: "points", label: "Points", as: "number", unit: "", min: 1, max: 1_000_000, usual: 10 }],
  make: (thing, answers) => {
    const points = answers.number("points");
    const then = parts({ do: "inc", on: "actor", components: { points } }, { do: "hud", text: `${points} for {actor}!` }, ...flash(thing));
    return { rules: [{ name: "is clicked", when: { used: "self" }, then, cooldown_ms: 400 }] };
  },
};

export const SPAWNER: Preset = {
  id: "spawner",
  words: "Spawner",
  note: "Makes copies of a thing, each of which goes after a while.",
  icon: "duplicate",
  questions: [
    { key: "from", label: "Copies of", as: "thing" },
    { key: "every", label: "Every", as: "number", unit: "s", min: 1, max: 3_600, usual: 5 },
    { key: "ttl", label: "Each lasts", as: "number", unit: "s", min: 1, max: 3_600, usual: 20 },
  ],
  make: (_thing, answers) => ({
    rules: [
      {
        name: "spawner",
        when: { every_ms: answers.number("every") * 1_000 },
        then: [{ do: "spawn", from: { entity: answers.text("from") }, at: "self", ttl_ms: answers.number("ttl") * 1_000 }],
      },
    ],
  }),
};
