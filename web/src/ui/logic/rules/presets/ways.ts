/** Presets of what lets people through and carries them: doors, lifts, portals. Pure. */
import type { JsonObject } from "../../../../core/json";
import { PALETTE } from "../../colors";
import { type Preset, type PresetThing, heightOf, parts, spokenName, up, writtenName } from "./preset";

const OPENING_MS = 1_000;

/** Up, and down again after a while; nothing sets it off meanwhile. */
function upAndDown(by_m: number, moving_ms: number, rest_ms: number): { readonly then: readonly JsonObject[]; readonly cooldown_ms: number } {
  const move = (by: number): JsonObject => ({ do: "animate", by: up(by), duration_ms: moving_ms, ease: "smooth" });
  return { then: [move(by_m), { ...move(-by_m), delay_ms: moving_ms + rest_ms }], cooldown_ms: moving_ms + rest_ms + moving_ms };
}

/** A door of this thing, which is out of the way when it is open. */
const doorOf = (thing: PresetThing, key?: string): JsonObject => ({
  slide: [0, heightOf(thing), 0],
  duration_ms: OPENING_MS,
  ...(key === undefined ? {} : { key }),
});

/** The last who goes leaves it closed. */
const closing = (near_m: number): JsonObject => ({
  name: "closes",
  when: { left: "self", within_m: near_m },
  if: { count: "people", within_m: near_m, equals: 0 },
  then: [{ do: "close" }],
});

export const DOOR: Preset = {
  id: "door",
  words: "Door",
  note: "Opens when somebody comes near, and closes behind the last.",
  icon: "door",
  questions: [{ key: "near", label: "How near", as: "number", unit: "m", min: 0.5, max: 50, usual: 3 }],
  make: (thing, answers) => {
    const within_m = answers.number("near");
    return {
      components: { door: doorOf(thing) },
      rules: parts({ name: "opens", when: { entered: "self", within_m }, then: [{ do: "open" }] }, closing(within_m)),
    };
  },
};

export const COLOURED_DOOR: Preset = {
  id: "coloured_door",
  words: "Locked door",
  note: "Opens for who has the key, such as a red one, and tells others.",
  icon: "lock",
  questions: [{ key: "key", label: "Its key", as: "line", usual: "red key" }],
  make: (thing, answers) => {
    const item = writtenName(answers.text("key"));
    const key = spokenName(item);
    const when = { entered: "self", within_m: 3 };
    const has = { of: "actor", has: item };
    const color = colorIn(item);
    return {
      components: { door: doorOf(thing, item), ...(color === undefined ? {} : { color }) },
      rules: parts(
        { name: `opens with the ${key}`, when, if: has, then: [{ do: "open" }] },
        { name: `needs the ${key}`, when, if: { not: has }, then: [{ do: "hud", text: `You need the ${key}` }], cooldown_ms: 2_000 },
        closing(3),
      ),
    };
  },
};

/** Colours that keys have, besides those of the palette. */
const KEY_COLORS: readonly { readonly name: string; readonly hex: string }[] = [
  { name: "Red", hex: "#E2373A" },
  { name: "Yellow", hex: "#EDC52F" },
  ...PALETTE,
];

function colorIn(item: string): string | undefined {
  const parts = item.split("_");
  return KEY_COLORS.find(({ name }) => parts.includes(name.toLowerCase()))?.hex;
}

export const LIFT: Preset = {
  id: "lift",
  words: "Lift",
  note: "Goes up when it is used, and comes down later.",
  icon: "up",
  questions: [
    { key: "high", label: "How high", as: "number", unit: "m", min: 0.5, max: 100, usual: 3 },
    { key: "wait", label: "Stays up", as: "number", unit: "s", min: 1, max: 600, usual: 6 },
  ],
  make: (_thing, answers) => {
    const by_m = answers.number("high");
    return {
      components: { floor: true },
      rules: [{ name: "lift", when: { used: "self" }, ...upAndDown(by_m, Math.round(by_m * 1_000), answers.number("wait") * 1_000) }],
    };
  },
};

export const PORTAL: Preset = {
  id: "portal",
  words: "Portal",
  note: "Who steps into it stands at another thing, one way.",
  icon: "leave",
  questions: [{ key: "to", label: "Leads to", as: "thing" }],
  make: (_thing, answers) => ({
    rules: [{ name: "portal", when: { entered: "self", within_m: 0.8 }, then: [{ do: "teleport", to: { entity: answers.text("to") } }] }],
  }),
};
