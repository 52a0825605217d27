import { describe, expect, it } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { ViewCone } from "./view_cone";

function cone(yaw = 0, pitch = 0): ViewCone {
  const view = new ViewCone();
  view.open(1.05, 4 / 3);
  view.look(new Float32Array([10, 1.8, -5, ...lookQuaternion(yaw, pitch)]));
  return view;
}

function sees(view: ViewCone, x: number, y: number, z: number, radius_m = 0): boolean {
  view.aim(x, y, z);
  return view.sees(radius_m);
}

describe("what the eye sees", () => {
  it("someone before the eye is seen, someone behind it is not", () => {
    expect(sees(cone(), 10, 1.8, 0)).toBe(true);
    expect(sees(cone(), 10, 1.8, -10)).toBe(false);
    expect(sees(cone(Math.PI), 10, 1.8, -10)).toBe(true);
  });

  it("turning right brings what is to the right into the middle", () => {
    const view = cone(Math.PI / 2);
    view.aim(15, 1.8, -5);
    expect(view.depth).toBeCloseTo(5);
    expect(view.across).toBeCloseTo(0);
  });

  it("looking down sees the floor and not the horizon", () => {
    expect(sees(cone(0, 1.2), 10, 0, -4.3)).toBe(true);
    expect(sees(cone(0, 1.2), 10, 1.8, 100)).toBe(false);
  });

  it("a head that is tilted sees more of the side and less of what is above", () => {
    const view = cone();
    const [side, above] = [[16.5, 1.8, 0], [10, 8.3, 0]] as const;
    view.open(2, 0.5);
    expect([sees(view, ...side), sees(view, ...above)]).toEqual([false, true]);
    view.look(new Float32Array([10, 1.8, -5, 0, 0, Math.SQRT1_2, Math.SQRT1_2]));
    expect([sees(view, ...side), sees(view, ...above)]).toEqual([true, false]);
  });

  it("what reaches into the picture from beside it is seen", () => {
    expect(sees(cone(), 18, 1.8, 0)).toBe(false);
    expect(sees(cone(), 18, 1.8, 0, 5)).toBe(true);
    expect(sees(cone(), 10, 1.8, -6, 1.2)).toBe(true);
  });
});
