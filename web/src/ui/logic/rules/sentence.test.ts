/** Rules as sentences: every construct is said, and nothing that was written is lost. */
import { describe, expect, it, test } from "vitest";
import type { Json, JsonObject } from "../../../core/json";
import { checkRule, checkRules } from "./check";
import { CONDITIONS, groupOf, listedConditions, newGroup, writtenConditions } from "./conditions";
import { type Field, type Form, type Piece, become, sentenceOf, spoken } from "./sentence";
import { NEW_STEP, STEPS, STEP_KEPT } from "./steps";
import { CONDITIONS_WRITTEN, RULES_WRITTEN, STEPS_WRITTEN, STRANGE, WHENS_WRITTEN } from "./testing";
import { WHENS } from "./whens";
import { fieldWords } from "./words";

const fieldsOf = (pieces: readonly Piece[]): readonly Field[] => pieces.filter((piece) => piece.is === "field");
const SETS: readonly (readonly [string, readonly Form[], readonly Json[], readonly string[]])[] = [
  ["when", WHENS, WHENS_WRITTEN, []],
  ["if", CONDITIONS, CONDITIONS_WRITTEN.filter((each) => groupOf(each) === undefined), []],
  ["then", STEPS, STEPS_WRITTEN, STEP_KEPT],
];

test("the corpus is as the language is described", () => {
  for (const rule of RULES_WRITTEN) expect([rule["name"], checkRule(rule)]).toEqual([rule["name"], []]);
});

describe.each(SETS)("%s", (_part, forms, written, kept) => {
  it("says every construct, with nothing left out", () => {
    for (const node of written) {
      const { form, unshown } = sentenceOf(forms, node, "What", kept);
      expect([node, form?.id === undefined, unshown]).toEqual([node, false, []]);
    }
  });

  it("writes what it read when a field is set to what it holds", () => {
    for (const node of [...written, ...STRANGE]) {
      for (const field of fieldsOf(sentenceOf(forms, node, "What", kept).pieces)) {
        if (field.value !== undefined || field.missing !== undefined) expect(field.put(field.value)).toEqual(node);
      }
    }
  });

  it("leaves all else as it was when a field is set to something else", () => {
    for (const node of written as readonly JsonObject[]) {
      const extra = { ...node, note: { by: "an expert" } };
      const { pieces } = sentenceOf(forms, extra, "What", kept);
      for (const field of fieldsOf(pieces).filter(({ label }) => label !== "What")) {
        expect((field.put("something else") as JsonObject)["note"]).toEqual({ by: "an expert" });
      }
      expect(sentenceOf(forms, extra, "What", kept).unshown).toEqual(["note"]);
    }
  });

  it("makes something that can be read of every form, from every other one", () => {
    const rule = (node: JsonObject): JsonObject =>
      forms === WHENS ? { when: node, then: [NEW_STEP] } : forms === STEPS ? { when: { used: "self" }, then: [node] } : { when: { used: "self" }, if: node, then: [NEW_STEP] };
    for (const node of written as readonly JsonObject[]) {
      for (const { id } of forms) expect([id, checkRule(rule(become(forms, node, id, kept)))]).toEqual([id, []]);
    }
  });
});

test("a sentence is read aloud as people say it", () => {
  const say = (forms: readonly Form[], node: Json): string => spoken(sentenceOf(forms, node, "What", STEP_KEPT).pieces, (field) => fieldWords(field, () => undefined));
  expect(say(WHENS, { entered: "self", within_m: 3 })).toBe("somebody comes near this thing within 3 m");
  expect(say(CONDITIONS, { of: "actor", has: "red_key" })).toBe("who did it has a red_key");
  expect(say(STEPS, { do: "animate", by: { position: [0, 2.3, 0] }, duration_ms: 2_000 })).toBe("move this thing by 0, 2.3, 0 m in 2 s evenly");
  expect(say(STEPS, { do: "give", item: "red_key" })).toBe("give one red_key to who did it");
});

test("what has no words is said to have none, and stays", () => {
  const { form, pieces } = sentenceOf(STEPS, { do: "juggle", with: 3 }, "What it does", STEP_KEPT);
  expect(form).toBeUndefined();
  expect(fieldsOf(pieces)[0]?.missing).toBe("something else:");
  expect(pieces.at(-1)).toEqual({ is: "words", words: '{"do":"juggle","with":3}' });
  expect(sentenceOf(STEPS, "wait", "What it does").pieces).toEqual([{ is: "words", words: 'something else: "wait"' }]);
});

test("another form keeps whom it is about and how long it waits", () => {
  expect(become(WHENS, { entered: { entity: "zone1" }, within_m: 2 }, "left")).toEqual({ left: { entity: "zone1" } });
  expect(become(STEPS, { do: "give", item: "coin", on: "target", delay_ms: 500 }, "take", STEP_KEPT)).toEqual({ do: "take", item: "coin", on: "target", delay_ms: 500 });
});

test("conditions are a list however they are written, and one alone stays alone", () => {
  const one = { of: "actor", has: "red_key" };
  expect(listedConditions(undefined)).toEqual([]);
  expect(writtenConditions(one, listedConditions(one))).toEqual(one);
  expect(writtenConditions([one], listedConditions([one]))).toEqual([one]);
  expect(writtenConditions(one, [one, newGroup("any")])).toEqual([one, { any: [{ of: "actor", has: "red_key" }] }]);
  expect(writtenConditions([one], [])).toBeUndefined();
});

test("groups are read and written as they stand, and an emptied one goes", () => {
  for (const node of CONDITIONS_WRITTEN) {
    const group = groupOf(node);
    if (group !== undefined) expect(group.put(group.parts)).toEqual(node);
    expect(group?.put([])).toBeUndefined();
  }
});

test("rules that are none are told of, with their place", () => {
  const parts = (rule: Json): readonly string[] => checkRule(rule).map(({ part }) => part);
  expect(parts({ when: { used: "self" }, then: [] })).toEqual(["then"]);
  expect(parts({ when: { used: "self" }, then: [{ do: "juggle" }] })).toEqual(["then[0]"]);
  expect(parts({ when: { entered: "self", within_m: 100 }, then: [{ do: "delete", delay_ms: 3 }] })).toEqual(["when.within_m", "then[0].delay_ms"]);
  expect(parts({ then: [{ do: "delete" }] })).toEqual(["when"]);
  expect(parts({ when: { used: "self" }, if: { any: [{ not: { of: "actor", has: 3 } }] }, then: [{ do: "delete" }] })).toEqual(["if.any[0].not.has"]);
  const twice = { name: "a", when: { used: "self" }, then: [{ do: "delete" }] };
  expect(checkRules([twice, twice])).toHaveLength(1);
});
