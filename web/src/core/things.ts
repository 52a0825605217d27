/**
 * What a newly added thing is made of and where it is put: in front of the visitor, standing on their floor. Pure.
 */
import type { ShapeKind } from "./generated";
import type { Json } from "./json";
import { type Viewer, HEAD_HEIGHT_M, lookQuaternion } from "./viewer";

/** A new thing appears this far ahead, metres: whole in view at a level gaze. */
export const ADD_DISTANCE_M = 4;

type Components = { readonly [name: string]: Json };

/** A shape's parameters and the height of its centre above the floor, metres. */
const SHAPES: { readonly [kind in ShapeKind]: { readonly shape: Components; readonly lift_m: number } } = {
  box: { shape: { kind: "box", width: 0.6, height: 0.6, depth: 0.6 }, lift_m: 0.3 },
  sphere: { shape: { kind: "sphere", diameter: 0.6 }, lift_m: 0.3 },
  cylinder: { shape: { kind: "cylinder", height: 0.8, diameter: 0.5 }, lift_m: 0.4 },
  cone: { shape: { kind: "cone", height: 0.8, diameter: 0.6 }, lift_m: 0.4 },
  capsule: { shape: { kind: "capsule", height: 1, radius: 0.25 }, lift_m: 0.5 },
  plane: { shape: { kind: "plane", width: 1, height: 1 }, lift_m: 0.5 },
  // Above the floor it lies on, or the two would flicker.
  ground: { shape: { kind: "ground", width: 4, height: 4 }, lift_m: 0.02 },
};

/** A new text's line, metres. */
const TEXT_SIZE_M = 0.3;

/** The components of a new thing. */
export function newThing(kind: ShapeKind | "text", color: string, viewer: Viewer): Components {
  const rotation = lookQuaternion(viewer.yaw, 0);
  if (kind === "text") {
    const position = ahead(viewer, HEAD_HEIGHT_M - 0.2);
    return { text: { value: "Hello", size: TEXT_SIZE_M }, color, position, rotation };
  }
  const { shape, lift_m } = SHAPES[kind];
  return { shape, color, position: ahead(viewer, lift_m), rotation };
}

function ahead(viewer: Viewer, lift_m: number): readonly [number, number, number] {
  return [
    millimetres(viewer.x + Math.sin(viewer.yaw) * ADD_DISTANCE_M),
    millimetres(viewer.y + lift_m),
    millimetres(viewer.z + Math.cos(viewer.yaw) * ADD_DISTANCE_M),
  ];
}

/** Rounds to a millimetre: what people read in the inspector. */
export function millimetres(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
