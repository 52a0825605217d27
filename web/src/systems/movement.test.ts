import { describe, expect, it } from "vitest";
import { RUN_M_S, WALK_M_S, approach, clampPitch, flySpeed, turnOf, walkSpeed, wishOf } from "./movement";
import type { Sticks } from "./pad";

const still: Sticks = { move_x: 0, move_y: 0, look_x: 0, look_y: 0 };
const wish = (...keys: string[]) => wishOf(new Set(keys), still);

describe("walking", () => {
  it("W walks where one looks", () => {
    expect(walkSpeed(wish("KeyW"), 0)).toEqual([0, WALK_M_S]);
    const [x, z] = walkSpeed(wish("KeyW"), Math.PI / 2);
    expect(x).toBeCloseTo(WALK_M_S);
    expect(z).toBeCloseTo(0);
  });

  it("D goes to the right of it", () => {
    const [x, z] = walkSpeed(wish("KeyD"), Math.PI / 2);
    expect(x).toBeCloseTo(0);
    expect(z).toBeCloseTo(-WALK_M_S);
  });

  it("a diagonal is no faster", () => {
    expect(Math.hypot(...walkSpeed(wish("KeyW", "KeyD"), 0.7))).toBeCloseTo(WALK_M_S);
  });

  it("opposite keys cancel each other", () => {
    expect(Math.hypot(...walkSpeed(wish("KeyW", "ArrowDown"), 0))).toBe(0);
  });

  it("Shift runs, and so does a thumb at the rim", () => {
    expect(Math.hypot(...walkSpeed(wish("ArrowUp", "ShiftLeft"), 0))).toBeCloseTo(RUN_M_S);
    const thumb = wishOf(new Set(), { ...still, move_x: 0, move_y: 1 });
    expect(Math.hypot(...walkSpeed(thumb, 0))).toBeCloseTo(RUN_M_S);
  });

  it("half a thumb is half the speed", () => {
    const thumb = wishOf(new Set(), { ...still, move_x: 0.5 });
    expect(Math.hypot(...walkSpeed(thumb, 2))).toBeCloseTo(WALK_M_S / 2);
  });
});

describe("flying", () => {
  it("forward climbs when one looks up", () => {
    expect(flySpeed(wish("KeyW"), 0, -Math.PI / 4)[1]).toBeGreaterThan(1);
  });

  it("Space rises and X sinks, whatever one looks at", () => {
    expect(flySpeed(wish("Space"), 1, 1)[1]).toBeGreaterThan(0);
    expect(flySpeed(wish("KeyX"), 1, 1)[1]).toBeLessThan(0);
  });
});

describe("turning", () => {
  it("E turns right and Q turns left", () => {
    expect(turnOf(new Set(["KeyE"]), still)[0]).toBeGreaterThan(0);
    expect(turnOf(new Set(["KeyQ"]), still)[0]).toBeLessThan(0);
  });

  it("a thumb upwards looks up", () => {
    expect(turnOf(new Set(), { ...still, look_y: 1 })[1]).toBeLessThan(0);
  });

  it("nobody looks over their own back", () => {
    expect(clampPitch(9)).toBeLessThan(Math.PI / 2);
    expect(clampPitch(-9)).toBeGreaterThan(-Math.PI / 2);
  });
});

describe("taking up speed", () => {
  it("is the same at 30 and at 120 frames per second", () => {
    const after = (frames: number) => {
      let value = 0;
      for (let frame = 0; frame < frames; frame += 1) value = approach(value, 1, 11, 1 / frames);
      return value;
    };
    expect(after(30)).toBeCloseTo(after(120), 9);
  });
});

describe("looking with keys", () => {
  it("looks up and down, and both at once is neither", () => {
    expect(turnOf(new Set(["KeyR"]), still)[1]).toBeLessThan(0);
    expect(turnOf(new Set(["PageDown"]), still)[1]).toBeGreaterThan(0);
    expect(turnOf(new Set(["KeyR", "KeyV"]), still)[1]).toBeCloseTo(0);
  });
});
