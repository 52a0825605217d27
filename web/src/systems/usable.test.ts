import { expect, test } from "vitest";
import { INTERACTION } from "../core/generated";
import type { Json } from "../core/json";
import { testThings } from "./testing/things";
import { triggerOf, useOf } from "./usable";

const { sit, stand, grab, ask, release, trigger, resize } = INTERACTION;

test("of what a thing offers the first is done: sitting, taking, asking for it, using it", () => {
  expect(useOf(sit | grab | trigger)).toBe("sit");
  expect(useOf(grab | release | trigger)).toBe("take");
  expect(useOf(ask)).toBe("ask");
  expect(useOf(trigger)).toBe("trigger");
  expect([useOf(0), useOf(stand | release | resize)]).toEqual([undefined, undefined]);
});

test("a trigger is discrete unless it says otherwise, and none where it is not offered", () => {
  const kindOf = (triggerable: Json, held_by: Json = null) => {
    const { replica } = testThings({ thing: { triggerable, held_by } });
    return triggerOf(replica, replica.index("thing"));
  };
  const spelt: readonly Json[] = [{}, true, { type: "discrete" }, { type: "continuous" }];
  expect(spelt.map((triggerable) => kindOf(triggerable))).toEqual(["discrete", "discrete", "discrete", "continuous"]);
  expect([kindOf(false), kindOf({}, { user: "ben", hand: "left" })]).toEqual([undefined, undefined]);
  const { replica } = testThings({});
  expect(triggerOf(replica, replica.index("thing"))).toBeUndefined();
});
