import { expect, test } from "vitest";
import { Holding } from "./holding";
import type { JsonObject } from "./json";
import type { Wishes } from "./wishes";

const PLACE = Float32Array.of(1, 2, 3, 0, 0, 0, 1);

function scene() {
  const wished: [string, JsonObject][] = [];
  const command = (name: string, payload: JsonObject) => {
    wished.push([name, payload]);
    return Promise.resolve({ ok: true, response: {} });
  };
  return { holding: new Holding({ command } as unknown as Wishes), wished };
}

test("what is put down says where, what is thrown how it flies, too", () => {
  const { holding, wished } = scene();
  void holding.release("ball", PLACE);
  void holding.release("ball", PLACE, { velocity: [1, 2.00004, -3], spin: [0, 0.5, 0] });
  const lies = { entity: "ball", position: [1, 2, 3], rotation: [0, 0, 0, 1] };
  expect(wished).toEqual([
    ["release", lies],
    ["release", { ...lies, velocity: [1, 2, -3], spin: [0, 0.5, 0] }],
  ]);
});

test("what is resized says how large on each axis, as finely as anyone sees", () => {
  const { holding, wished } = scene();
  void holding.resize("clay", [1, 2.00004, 0.05]);
  expect(wished).toEqual([["resize", { entity: "clay", scale: [1, 2, 0.05] }]]);
});

test("what is triggered once says no value, what is triggered continuously says each, 0 included", () => {
  const { holding, wished } = scene();
  void holding.trigger("horn");
  void holding.trigger("hose", 0.5);
  void holding.trigger("hose", 0);
  expect(wished).toEqual([
    ["trigger", { entity: "horn" }],
    ["trigger", { entity: "hose", value: 0.5 }],
    ["trigger", { entity: "hose", value: 0 }],
  ]);
});
