import { describe, expect, it } from "vitest";
import type { ShapeKind } from "./generated";
import { ADD_DISTANCE_M, newThing, partsOf } from "./things";
import { pictureOn } from "../scene/screen_face";
import { newViewer } from "./viewer";

describe("a new thing", () => {
  it("stands on the visitor's floor, in front of them", () => {
    const viewer = { ...newViewer(), x: 1, y: 3, z: 2, yaw: Math.PI / 2 };
    const box = newThing("box", "#FF8800", viewer);
    expect(box["position"]).toEqual([1 + ADD_DISTANCE_M, 3.3, 2]);
    expect(box["color"]).toBe("#FF8800");
  });

  it("a text is turned so that the visitor can read it", () => {
    const viewer = { ...newViewer(), yaw: Math.PI };
    const rotation = newThing("text", "#ffffff", viewer)["rotation"] as readonly number[];
    expect(rotation[1]).toBeCloseTo(1);
  });

  it("every kind of the panel says which shape it is", () => {
    const kinds: readonly ShapeKind[] = ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"];
    for (const kind of kinds) expect(newThing(kind, "#ffffff", newViewer())["shape"]).toMatchObject({ kind });
  });

  it("a chair faces who makes it, has a back, and is sat on; a ball and a crate are held, thrown and pushed", () => {
    const chair = newThing("chair", "#ffffff", newViewer());
    expect(chair["seat"]).toEqual({});
    expect((chair["rotation"] as readonly number[])[1]).toBeCloseTo(1);
    const [back] = partsOf("chair", "#ffffff");
    expect(back?.["position"]).toEqual([0, 0.48, -0.19]);
    for (const kind of ["ball", "crate"] as const) {
      expect(newThing(kind, "#ffffff", newViewer())).toMatchObject({ holdable: {}, body: { motion: "dynamic" } });
      expect(partsOf(kind, "#ffffff")).toEqual([]);
    }
  });

  it("a megaphone is held with its horn ahead; a private table and a stage change voices as far as they reach", () => {
    expect(newThing("megaphone", "#ffffff", newViewer())).toMatchObject({ megaphone: true, holdable: { offset: {} }, body: { motion: "dynamic" } });
    for (const [kind, zone] of [["table", "private"], ["stage", "stage"]] as const) {
      const made = newThing(kind, "#ffffff", newViewer());
      const { diameter } = made["shape"] as { readonly diameter: number };
      expect(made["voice_zone"]).toEqual({ kind: zone, radius: diameter / 2 });
    }
    const [leg, top] = partsOf("table", "#ffffff");
    expect([leg?.["position"], top?.["position"]]).toEqual([[0, 0.335, 0], [0, 0.685, 0]]);
  });

  it("a screen shows a picture of 16:9 and a line below it, and stands on posts that reach the floor", () => {
    const made = newThing("screen", "#ffffff", newViewer());
    const { width, height } = made["shape"] as { readonly width: number; readonly height: number };
    expect(made["screen"]).toEqual({});
    expect(pictureOn(width, height, 16 / 9).width).toBeCloseTo(width);
    const middle = (made["position"] as readonly number[])[1] ?? 0;
    for (const part of partsOf("screen", "#ffffff")) {
      const at = (part["position"] as readonly number[])[1] ?? 0;
      expect(middle + at - (part["shape"] as { readonly height: number }).height / 2).toBeCloseTo(0);
    }
  });
});
