import { expect, test } from "vitest";
import { COMPONENTS } from "../../core/components";
import { INTERACTIONS, isGiven } from "./interactions";

const given = (components: Parameters<typeof isGiven>[1]) =>
  INTERACTIONS.filter((info) => isGiven(info, components)).map(({ interaction }) => interaction);

test("a thing is good for what its components say, and for nothing that they deny", () => {
  expect(given({})).toEqual([]);
  expect(given({ holdable: {}, body: { motion: "dynamic" } })).toEqual(["grab", "throw"]);
  expect(given({ seat: {}, triggerable: true, two_hand_scalable: {} })).toEqual(["sit", "trigger", "resize"]);
  expect(given({ holdable: false, triggerable: false, body: { motion: "static" }, two_hand_scalable: null })).toEqual([]);
  expect(given({ body: true })).toEqual(["throw"]);
  expect(given({ body: { mass: 3 } })).toEqual(["throw"]);
  expect(given({ body: "kinematic" })).toEqual([]);
});

test("every one of them is a component that people may write", () => {
  for (const { component } of INTERACTIONS) expect(COMPONENTS[component]?.server_only).toBe(false);
});
