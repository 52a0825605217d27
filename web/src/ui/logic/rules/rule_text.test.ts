/** Whole rules as sentences to read. */
import { expect, test } from "vitest";
import type { Json } from "../../../core/json";
import { ruleText } from "./rule_text";
import { RULES_WRITTEN, STRANGE } from "./testing";

const read = (rule: Json): string =>
  ruleText(rule, (entity) => (entity === "gate1" ? "Gate" : undefined))
    .map(({ before, words }) => before + words)
    .join("");

test("a rule reads as people would say it", () => {
  const rule: Json = {
    when: { entered: "self", within_m: 3, who: "people" },
    if: [{ of: "actor", has: "red_key" }, { not: { any: [{ of: "self", component: "door_state", equals: "open" }, { count: { tag: "crate" }, above: 2 }] } }],
    then: [
      { do: "animate", on: { entity: "gate1" }, by: { position: [0, 2.3, 0] }, duration_ms: 2_000 },
      { do: "hud", text: "Mind the gap", delay_ms: 5_000, to: "all" },
    ],
  };
  expect(read(rule)).toBe(
    "When anybody inside comes near this thing within 3 m and if who did it has a red_key" +
      " and not (this thing’s component door_state is open or the number of things tagged “crate” is above 2)," +
      " then move Gate by 0, 2.3, 0 m in 2 s evenly; 5 s later say Mind the gap to everyone for 4 s.",
  );
});

test("every rule can be read, however strange it is", () => {
  for (const rule of [...RULES_WRITTEN, ...STRANGE, { when: 3, then: "now", if: [null, { any: 7 }] }]) expect(read(rule as Json)).not.toBe("");
  expect(read("nonsense")).toBe("This is no rule.");
});
