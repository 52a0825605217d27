import { expect, test } from "vitest";
import type { Json, JsonObject } from "../core/json";
import { triggerOf, useOf } from "./usable";

const ADA = "ada";
const held = (policy?: string): JsonObject => ({
  holdable: policy === undefined ? true : { policy },
  held_by: { user: "ben", hand: "left" },
});

test("a free seat offers itself, a taken one does not", () => {
  expect(useOf({ seat: {} }, ADA)).toBe("sit");
  expect(useOf({ seat: {}, occupied: true }, ADA)).toBeUndefined();
  expect(useOf({ seat: {}, holdable: {}, occupied: true }, ADA)).toBeUndefined();
});

test("what can be held is offered while nobody holds it, and then as it allows", () => {
  expect(useOf({ holdable: {} }, ADA)).toBe("take");
  expect(useOf({ holdable: false }, ADA)).toBeUndefined();
  expect(useOf({ holdable: {}, held_by: { user: ADA, hand: "right" } }, ADA)).toBe("take");
  expect([undefined, "allow", "deny", "ask", "steal"].map((policy) => useOf(held(policy), ADA))).toEqual([
    undefined,
    undefined,
    undefined,
    "ask",
    "take",
  ]);
});

test("what may be triggered offers that only where nothing else is offered", () => {
  expect(useOf({ triggerable: {} }, ADA)).toBe("trigger");
  expect(useOf({ triggerable: false }, ADA)).toBeUndefined();
  expect(useOf({ triggerable: {}, holdable: {} }, ADA)).toBe("take");
  expect(useOf({ triggerable: {}, seat: {} }, ADA)).toBe("sit");
  expect(useOf({ triggerable: {}, seat: {}, occupied: true }, ADA)).toBe("trigger");
});

test("a trigger is discrete unless it says otherwise, and of what is held its holder's", () => {
  const spelt: readonly Json[] = [{}, true, { type: "discrete" }, { type: "continuous" }];
  expect(spelt.map((triggerable) => triggerOf({ triggerable }, ADA))).toEqual(["discrete", "discrete", "discrete", "continuous"]);
  expect([triggerOf({}, ADA), triggerOf(undefined, ADA)]).toEqual([undefined, undefined]);
  const by = (user: string) => triggerOf({ triggerable: {}, held_by: { user, hand: "left" } }, ADA);
  expect([by(ADA), by("ben")]).toEqual(["discrete", undefined]);
});

test("everything else offers nothing", () => {
  expect(useOf({ shape: { kind: "box" } }, ADA)).toBeUndefined();
  expect(useOf(undefined, ADA)).toBeUndefined();
});
