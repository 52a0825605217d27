import { expect, test } from "vitest";
import { INTERACTION } from "../core/generated";
import type { JsonObject } from "../core/json";
import { Rig } from "../scene/rig";
import { Solids } from "../scene/solids";
import { arming } from "./arming";
import type { HeadsetContext } from "./frame";
import { Pointer } from "./pointer";
import { testRoom } from "./testing/room";

/** Somebody with a weapon whose right hand points along +Z. */
function scene(own: JsonObject = {}) {
  const { app } = testRoom();
  app.arena.armed$.next(true);
  const rig = new Rig();
  const { right } = rig;
  right.tracked = right.aims = true;
  const [solids, pointer] = [new Solids(), new Pointer()];
  const input = { trigger: false, cycle: 0, gun_hand: undefined as unknown };
  const offers = new Map<number, number>();
  let run = (): void => undefined;
  const context = {
    app, input, pointer,
    session: { self_id: "ada" },
    replica: { components: () => own, interactions: (index: number) => offers.get(index) ?? 0, record: () => undefined },
    stage: { solids },
    onFrame: (step: () => void) => (run = step),
  } as unknown as HeadsetContext;
  arming(context);
  const frame = (pressed: number, taken = false) => {
    right.pressed[0] = pressed;
    Object.assign(input, { trigger: false, cycle: 0, gun_hand: undefined });
    pointer.read(rig, right);
    if (taken) pointer.take(1);
    run();
    return input.trigger;
  };
  frame(0);
  const box = (owner: number, z: number) => {
    const matrix = new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, z, 1]);
    solids.put(owner, "box", 0, [0.5, 0.5, 0.5], true, matrix, 0);
  };
  return { app, right, input, pointer, offers, frame, box };
}

test("the trigger shoots for as long as it is held, and the ray shows where it aims", () => {
  const { frame, input, right, pointer, box } = scene();
  box(3, 8);
  expect([frame(1), frame(1), frame(0)]).toEqual([true, true, false]);
  expect(input.gun_hand).toBe(right);
  expect(pointer.hit_m).toBeCloseTo(7.5, 1);
});

test("a press on a panel, or on something usable nearby, is meant for that", () => {
  const { frame, offers, box } = scene();
  expect(frame(1, true)).toBe(false);
  frame(0);
  box(3, 2);
  offers.set(3, INTERACTION.open);
  expect([frame(1), frame(1)]).toEqual([false, false]);
});

test("one that began with a shot goes on over such a thing", () => {
  const { frame, offers, box } = scene();
  expect(frame(1)).toBe(true);
  box(3, 2);
  offers.set(3, INTERACTION.open);
  expect(frame(1)).toBe(true);
});

test("a hand that holds something, a bare hand and nobody's weapon shoot nothing", () => {
  expect(scene({ holding: { right: "cup" } }).frame(1)).toBe(false);
  const bare = scene();
  bare.right.jointed = true;
  expect(bare.frame(1)).toBe(false);
  const unarmed = scene();
  unarmed.app.arena.armed$.next(false);
  expect(unarmed.frame(1)).toBe(false);
});

test("a press of the thumbstick takes the next weapon, once", () => {
  const { frame, input, right } = scene();
  right.stick_pressed = true;
  frame(0);
  expect(input.cycle).toBe(1);
  frame(0);
  expect(input.cycle).toBe(0);
});
