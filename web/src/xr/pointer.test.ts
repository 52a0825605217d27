import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { Rig, letGo } from "../scene/rig";
import { Pointer } from "./pointer";

const close = (numbers: readonly number[]) => numbers.map((each) => expect.closeTo(each, 5));

function aiming(): { readonly rig: Rig; readonly pointer: Pointer; press(trigger: number): readonly string[] } {
  const [rig, pointer] = [new Rig(), new Pointer()];
  rig.right.aims = true;
  const press = (trigger: number) => {
    rig.right.pressed[0] = trigger;
    pointer.read(rig, rig.right);
    return (["pressed", "held", "released"] as const).filter((edge) => pointer[edge]);
  };
  return { rig, pointer, press };
}

test("the ray leaves the hand where it points, in the room", () => {
  const { rig, pointer, press } = aiming();
  rig.stand(10, 1, 0, Math.PI / 2);
  rig.right.aim.set([0.2, 1.3, 0.4, ...lookQuaternion(0, Math.PI / 4)]);
  press(0);
  expect(pointer.origin).toEqual(close([10.4, 2.3, -0.2]));
  expect(pointer.direction).toEqual(close([Math.SQRT1_2, -Math.SQRT1_2, 0]));
});

test("a trigger presses once, holds, and is let go once, however it trembles", () => {
  const { press } = aiming();
  const edges = [0, 0.5, 0.7, 0.5, 0.65, 0.3, 0.5].map(press);
  expect(edges).toEqual([[], [], ["pressed", "held"], ["held"], ["held"], ["released"], []]);
});

test("a pinch presses as a trigger does", () => {
  const { rig, press } = aiming();
  press(-1);
  rig.right.pinched = true;
  expect(press(-1)).toEqual(["pressed", "held"]);
  rig.right.pinched = false;
  expect(press(-1)).toEqual(["released"]);
});

test("what is down when a hand comes, or when another one takes over, presses nothing until it was up", () => {
  const { rig, pointer, press } = aiming();
  expect([1, 1, 0, 1].map(press)).toEqual([[], [], [], ["pressed", "held"]]);
  rig.left.aims = true;
  rig.left.pressed[0] = 1;
  pointer.read(rig, rig.left);
  expect([pointer.pressed, pointer.held, pointer.released]).toEqual([false, false, false]);
});

test("a press whose hand is lost is given up", () => {
  const { rig, pointer, press } = aiming();
  [0, 1].map(press);
  letGo(rig.right);
  pointer.read(rig, rig.right);
  expect([pointer.aims, pointer.held, pointer.released]).toEqual([false, false, false]);
  rig.right.aims = true;
  expect([1, 0, 1].map(press)).toEqual([[], [], ["pressed", "held"]]);
});

test("who takes the ray has it for this frame only", () => {
  const { pointer, press } = aiming();
  press(0);
  pointer.take(2);
  expect([pointer.taken, pointer.hit_m]).toEqual([true, 2]);
  press(0);
  expect([pointer.taken, pointer.hit_m]).toEqual([false, Infinity]);
});
