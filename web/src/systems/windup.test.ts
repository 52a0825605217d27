import { describe, expect, it } from "vitest";
import { Windup, alongFlick, alongView, isUnderFinger, speedAfter } from "./windup";

/** What is seen of F in a frame. */
function keys(...what: readonly ("pressed" | "held" | "released")[]) {
  const sets = { pressed: new Set<string>(), held: new Set<string>(), released: new Set<string>() };
  for (const name of what) sets[name].add("KeyF");
  return { ...sets, take: (key: string) => void (sets.held.delete(key), sets.pressed.delete(key)) };
}

describe("a key that throws", () => {
  it("throws when it is let go of, the harder the longer it was held", () => {
    expect([0, 200, 600, 1_000, 5_000].map(speedAfter)).toEqual([3, 3, 7.5, 12, 12]);
    const windup = new Windup();
    expect([windup.read(keys("pressed", "held"), 0), windup.read(keys("held"), 500)]).toEqual([undefined, undefined]);
    expect(windup.read(keys("released"), 600)).toBe(7.5);
    expect(windup.read(keys(), 700)).toBeUndefined();
  });

  it("shows how far it is", () => {
    const windup = new Windup();
    const words = [keys("pressed", "held"), keys("held"), keys("held"), keys("held")].map((input, frame) => {
      windup.read(input, frame * 400);
      return windup.words;
    });
    expect(words).toEqual(["Throw: ▯▯▯▯", "Throw: ▮▮▯▯", "Throw: ▮▮▮▯", "Throw: ▮▮▮▮"]);
    windup.read(keys("released"), 1_300);
    expect(windup.words).toBe("");
  });

  it("is nobody else's meanwhile, but is when nothing is wound up", () => {
    const windup = new Windup();
    const [fresh, later] = [keys("held"), keys("pressed", "held")];
    windup.read(fresh, 0);
    windup.read(later, 14);
    expect([fresh.held.size, later.held.size, later.pressed.size]).toEqual([1, 0, 0]);
  });

  it("throws nothing when a field or another window takes it", () => {
    const windup = new Windup();
    windup.read(keys("pressed", "held"), 0);
    expect([windup.read(keys(), 500), windup.words]).toEqual([undefined, ""]);
    expect(windup.read(keys("released"), 600)).toBeUndefined();
  });

  it("throws along the view, ten degrees above it", () => {
    const [x, y, z] = alongView(Math.PI / 2, 0, 10);
    expect(x).toBeCloseTo(10 * Math.cos(Math.PI / 18));
    expect(y).toBeCloseTo(10 * Math.sin(Math.PI / 18));
    expect(z).toBeCloseTo(0);
    expect(alongView(0, Math.PI / 18, 10)[1]).toBeCloseTo(0);
    expect(alongView(0, -Math.PI / 2, 10)[1]).toBeCloseTo(10);
  });
});

describe("a finger that flicks", () => {
  it("throws ahead and to where it went, as one looks", () => {
    const fast = 2_800;
    const [up, right] = [alongFlick(0, 0, 0, -fast), alongFlick(Math.PI / 2, 0, fast, 0)];
    expect(up.map((part) => Number(part.toFixed(3)))).toEqual([0, 7.2, 9.6]);
    expect(right.map((part) => Number(part.toFixed(3)))).toEqual([9.6, 0, -7.2]);
  });

  it("throws harder the faster it is, within reason", () => {
    const speeds = [100, 600, 1_700, 2_800, 9_000].map((speed) => Math.hypot(...alongFlick(0.3, 0.2, 0, -speed)));
    expect(speeds.map((speed) => Number(speed.toFixed(3)))).toEqual([3, 3, 7.5, 12, 12]);
  });

  it("has to begin on the thing, as near as fingers are wide", () => {
    const on = (x: number, z: number, radius_m: number) => isUnderFinger([0, 0, 0], [0, 0, 1], [x, 0, z], radius_m);
    expect([on(0.1, 2, 0.05), on(0.3, 2, 0.05), on(0.3, 2, 0.4), on(0, -2, 1)]).toEqual([true, false, true, false]);
  });
});
