import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { useOf } from "./usable";

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

test("everything else offers nothing", () => {
  expect(useOf({ shape: { kind: "box" } }, ADA)).toBeUndefined();
  expect(useOf(undefined, ADA)).toBeUndefined();
});
