/** Values, names, whom: read and written as they are. */
import { expect, test } from "vitest";
import type { Json } from "../../../core/json";
import { comparisonPieces } from "./comparisons";
import { moved, withItem } from "./changes";
import { besidesOf, freeName, ruleName, rulesOf, withBesides } from "./read";
import type { Field } from "./sentence";
import { controlOfKind, kindOf, standsForValue, valueOf, valueText } from "./values";
import { readWhom, whomWords, writeWhom } from "./whom";

test("every value is on one line as what it is", () => {
  const values: readonly Json[] = ["red", "", " red ", "5", "true", "{actor.score}", '"quoted"', 5, -0.5, true, null, [1, "a"], { a: { b: [null] } }, "{}", "null"];
  for (const value of values) expect(valueOf(valueText(value))).toEqual(value);
  expect(valueText("{actor.score}")).toBe("{actor.score}");
  expect([standsForValue("{actor.score}"), standsForValue("{actor} won")]).toEqual([true, false]);
});

test("whom is written as it was read", () => {
  const written: readonly Json[] = ["self", "actor", "people", "anything", "all", { tag: "lamp" }, { team: "red" }, { entity: "abc" }, [1, 2, 3]];
  for (const value of written) {
    const whom = readWhom(value);
    expect(whom.is === "unknown" ? whom : writeWhom(whom)).toEqual(value);
  }
  const strange: readonly Json[] = ["nobody", { tag: 3 }, { tag: "a", team: "b" }, 7, null];
  for (const value of strange) expect(readWhom(value).is).toBe("unknown");
  expect(whomWords({ entity: "gone" }, () => undefined)).toContain("gone");
});

test("a component's value gets the field of its kind, unless it is something else", () => {
  expect(controlOfKind(kindOf("visibility"), 0.5)).toMatchObject({ as: "number", min: 0, max: 1 });
  expect(controlOfKind(kindOf("visibility"), "{self.seen}")).toMatchObject({ as: "value" });
  expect(controlOfKind(kindOf("color"), "#FFFFFF")).toMatchObject({ as: "value", kind: { is: "color" } });
  expect(controlOfKind(kindOf("door_state"), "open")).toMatchObject({ as: "word" });
});

test("another comparison keeps its value", () => {
  const how = (node: { readonly [key: string]: Json }) => comparisonPieces(node, { is: "any" })[0] as Field;
  expect(how({ of: "self", component: "on", equals: 3 }).put("above")).toEqual({ of: "self", component: "on", above: 3 });
  expect(how({ of: "self", component: "on", equals: 3 }).put("missing")).toEqual({ of: "self", component: "on", exists: false });
  expect(how({ of: "self", component: "on", exists: false }).put("there")).toEqual({ of: "self", component: "on", exists: true });
});

test("rules are called by their name, else by their place, and new names are free", () => {
  const rules: readonly Json[] = [{ name: "door" }, {}, { name: " " }];
  expect(rules.map(ruleName)).toEqual(["door", "rule 2", "rule 3"]);
  expect([freeName(rules, "lift"), freeName(rules, "door"), freeName([...rules, { name: "door 2" }], "door")]).toEqual(["lift", "door 2", "door 3"]);
  expect([rulesOf(undefined), rulesOf({ when: {} }), rulesOf([1])]).toEqual([[], [{ when: {} }], [1]]);
});

test("what is as usual is not written", () => {
  expect(besidesOf({})).toEqual({ enabled: true, once: false, cooldown_ms: 0, chance: 1 });
  expect(withBesides({ name: "a" }, "enabled", false)).toEqual({ name: "a", enabled: false });
  expect(withBesides({ name: "a", enabled: false }, "enabled", true)).toEqual({ name: "a" });
});

test("parts are moved, replaced and taken away", () => {
  expect([moved([1, 2, 3], 0, 1), moved([1, 2, 3], 2, 1), moved([1, 2, 3], 2, -1)]).toEqual([[2, 1, 3], [1, 2, 3], [1, 3, 2]]);
  expect([withItem([1, 2], 0, 5), withItem([1, 2], 0, undefined)]).toEqual([[5, 2], [2]]);
});
