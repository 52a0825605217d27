/** What a thumb on the glass means. */
import { describe, expect, it } from "vitest";
import { LOOK_FULL_PX_S, LookPad, STICK_RADIUS_PX, stick } from "./joystick";

const origin = { x: 100, y: 500 };

describe("the stick", () => {
  it("up the screen is forward at full speed", () => {
    const { move, knob } = stick(origin, { x: 100, y: 500 - STICK_RADIUS_PX });
    expect(move).toEqual({ x: 0, y: 1 });
    expect(knob.y).toBeCloseTo(-STICK_RADIUS_PX);
  });

  it("a thumb beyond the rim is no faster, and the knob stays on the rim", () => {
    const { move, knob } = stick(origin, { x: 100 + 500, y: 500 });
    expect(move.x).toBeCloseTo(1);
    expect(knob.x).toBeCloseTo(STICK_RADIUS_PX);
  });

  it("a diagonal is as fast as straight ahead", () => {
    const { move } = stick(origin, { x: 300, y: 300 });
    expect(Math.hypot(move.x, move.y)).toBeCloseTo(1);
    expect(move.x).toBeCloseTo(move.y);
  });

  it("a resting thumb does not creep", () => {
    expect(stick(origin, origin).move).toEqual({ x: 0, y: 0 });
    expect(stick(origin, { x: 104, y: 503 }).move).toEqual({ x: 0, y: 0 });
  });
});

describe("the look pad", () => {
  it("the same drag turns as far at 30 frames a second as at 60", () => {
    const turned = (frames: number): number => {
      const pad = new LookPad();
      let total = 0;
      for (let count = 0; count < frames; count += 1) {
        pad.moved(120 / frames, 0);
        total += pad.frame(1 / frames).x / frames;
      }
      return total;
    };
    expect(turned(30)).toBeCloseTo(turned(60));
  });

  it("a still thumb does not turn", () => {
    const pad = new LookPad();
    pad.moved(5, 5);
    pad.frame(1 / 60);
    expect(pad.frame(1 / 60)).toEqual({ x: 0, y: 0 });
  });

  it("up the screen looks up, and no drag is faster than full speed", () => {
    const pad = new LookPad();
    pad.moved(0, -LOOK_FULL_PX_S);
    expect(pad.frame(1 / 60)).toEqual({ x: 0, y: 1 });
  });
});
