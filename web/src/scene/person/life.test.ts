import { describe, expect, it } from "vitest";
import { LOOK_MAX, Life } from "./life";

/** Lives for so many seconds at 50 frames each; calls `look` after every frame. */
function live(life: Life, seconds: number, look: () => void, speaks = false, aside = 0): void {
  life.begin(7, 0);
  for (let frame = 1; frame <= seconds * 50; frame += 1) {
    life.go(frame * 20, 0.02, aside, 0, speaks);
    look();
  }
}

describe("a face at rest", () => {
  it("blinks now and then, and its eyes are open in between", () => {
    const life = new Life();
    let [shut, blinks, was_shut] = [0, 0, false];
    live(life, 60, () => {
      const is_shut = life.open < 0.5;
      if (is_shut) shut += 1;
      if (is_shut && !was_shut) blinks += 1;
      was_shut = is_shut;
    });
    expect(blinks).toBeGreaterThan(7);
    expect(blinks).toBeLessThan(40);
    expect(shut / 3_000).toBeLessThan(0.08);
  });

  it("looks towards whom it is shown, never further than eyes turn", () => {
    const life = new Life();
    let sum = 0;
    live(life, 20, () => {
      sum += life.look_aside;
      expect(Math.abs(life.look_aside)).toBeLessThan(LOOK_MAX.aside + 0.02);
      expect(Math.abs(life.look_up)).toBeLessThan(LOOK_MAX.up + 0.02);
    }, false, 1);
    expect(sum / 1_000).toBeGreaterThan(0.03);
  });

  it("a mouth moves while its person speaks, and closes after", () => {
    const life = new Life();
    let loudest = 0;
    live(life, 2, () => (loudest = Math.max(loudest, life.voice)), true);
    expect(loudest).toBeGreaterThan(0.5);
    for (let frame = 0; frame < 60; frame += 1) life.speak(2_000 + frame * 20, 0.02, false);
    expect(life.voice).toBe(0);
  });

  it("a mouth opens as loud as its person is heard", () => {
    const openAt = (loudness: number) => {
      const life = new Life();
      for (let frame = 0; frame < 60; frame += 1) life.speak(frame * 20, 0.02, true, loudness);
      return life.voice;
    };
    expect(openAt(0.8)).toBeCloseTo(0.8, 2);
    expect(openAt(0.2)).toBeCloseTo(0.2, 2);
    expect(openAt(0)).toBe(0);
  });

  it("breathes without a jump, and is still where nothing may move", () => {
    const life = new Life();
    let [before, step] = [NaN, 0];
    live(life, 40, () => {
      if (!Number.isNaN(before)) step = Math.max(step, Math.abs(life.sway - before));
      before = life.sway;
    });
    expect(step).toBeLessThan(0.004);
    life.still();
    expect([life.open, life.sway, life.breath, life.drift, life.nod, life.look_aside]).toEqual([1, 0, 0, 0, 0, 0]);
  });
});
