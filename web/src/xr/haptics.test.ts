import { expect, test } from "vitest";
import { Rig } from "../scene/rig";
import { DONE, Haptics, TICK } from "./haptics";

test("a hand feels one thing at a time, and what is stronger comes through", () => {
  const [haptics, rig] = [new Haptics(), new Rig()];
  const felt: number[] = [];
  rig.right.pulse = (strength) => void felt.push(strength);
  haptics.feel(rig.right, TICK, 0);
  haptics.feel(rig.right, TICK, TICK.ms - 1);
  haptics.feel(rig.right, DONE, TICK.ms - 1);
  haptics.feel(rig.right, TICK, TICK.ms);
  haptics.feel(rig.right, TICK, 100);
  expect(felt).toEqual([TICK.strength, DONE.strength, TICK.strength]);
});

test("a hand without a motor feels nothing, and the other one is another hand", () => {
  const [haptics, rig] = [new Haptics(), new Rig()];
  let felt = 0;
  rig.left.pulse = () => void (felt += 1);
  haptics.feel(rig.right, DONE, 0);
  haptics.feel(undefined, DONE, 0);
  haptics.feel(rig.left, TICK, 0);
  expect(felt).toBe(1);
});
