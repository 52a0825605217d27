import { expect, test } from "vitest";
import { RAMP_S, rampTo } from "./ramp";

test("loudness goes from where it is now, and forgets where it was to go", () => {
  const steps: (readonly [string, ...number[]])[] = [];
  const gain = {
    value: 0.4,
    cancelScheduledValues: (at: number) => steps.push(["cancel", at]),
    setValueAtTime: (value: number, at: number) => steps.push(["set", value, at]),
    linearRampToValueAtTime: (value: number, at: number) => steps.push(["ramp", value, at]),
  } as unknown as AudioParam;
  rampTo(gain, 1, 10);
  expect(steps).toEqual([["cancel", 10], ["set", 0.4, 10], ["ramp", 1, 10 + RAMP_S]]);
});
