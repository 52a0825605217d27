/**
 * What a newly added thing is made of and where it is put: in front of the visitor, standing on their floor. Pure.
 */
import type { ShapeKind } from "./generated";
import { type Json, member, number, numbers } from "./json";
import type { Foot, Spot } from "./sites";
import { type Viewer, HEAD_HEIGHT_M, lookQuaternion } from "./viewer";

/** A new thing appears this far ahead, metres: whole in view at a level gaze. */
export const ADD_DISTANCE_M = 4;
/** Colours of new things, in turn: each stands out beside the one before. */
export const THING_COLORS = ["#2A8C82", "#E4613F", "#EFB03F", "#5257C2", "#3F8FCB", "#D9688A", "#5F9A4B"] as const;

type Components = { readonly [name: string]: Json };

/** What people can add: shapes, a text, and things that are good for something at once. */
export type ThingKind = ShapeKind | "text" | "chair" | "ball" | "crate" | "megaphone" | "table" | "stage" | "screen";

const CHAIR_M = { seat: 0.46, wide: 0.44, back: 0.5, thick: 0.06 };
const BALL_M = 0.3;
const CRATE_M = 0.4;
const MEGAPHONE_M = { long: 0.34, mouth: 0.07, horn: 0.24 };
/** Voices carry otherwise as far as the rug and the stage reach. */
const TABLE_M = { high: 0.72, wide: 0.9, thick: 0.05, rug: 3, pile: 0.02 };
const STAGE_M = { wide: 4, high: 0.16 };
/** Under a picture of 16:9 is a line for the name of who shares. */
const SCREEN_M = { wide: 3.2, high: 1.92, thick: 0.06, foot: 0.8, post: 0.06 };
const SCREEN_COLOR = "#2F3540";
/** Held, a megaphone's horn is ahead. */
const HORN_AHEAD = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2].map((part) => Math.round(part * 100_000) / 100_000);

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

/** The components of a new thing that stands on a place of the floor. */
export function newThing(kind: ThingKind, color: string, viewer: Viewer, foot: Spot = footAhead(viewer)): Components {
  const above = (lift_m: number): readonly number[] => [foot.x, foot.y + lift_m, foot.z].map(millimetres);
  const rotation = lookQuaternion(viewer.yaw, 0);
  const body = (mass: number, restitution: number): Json => ({ motion: "dynamic", mass, restitution });
  switch (kind) {
    case "chair": {
      const { wide: width, seat: height } = CHAIR_M;
      // Who sits there looks at its maker.
      const facing = lookQuaternion(viewer.yaw + Math.PI, 0);
      const shape = { kind: "box", width, height, depth: width };
      return { name: "Chair", shape, color, seat: {}, position: above(height / 2), rotation: facing };
    }
    case "ball": {
      const shape = { kind: "sphere", diameter: BALL_M };
      return { name: "Ball", shape, color, holdable: {}, body: body(0.6, 0.75), position: above(BALL_M / 2), rotation };
    }
    case "crate": {
      const shape = { kind: "box", width: CRATE_M, height: CRATE_M, depth: CRATE_M };
      return { name: "Crate", shape, color, holdable: {}, body: body(2, 0), position: above(CRATE_M / 2), rotation };
    }
    case "megaphone": {
      const { long: height, mouth: diameterTop, horn: diameterBottom } = MEGAPHONE_M;
      const shape = { kind: "cone", height, diameterTop, diameterBottom };
      const holdable = { offset: { position: [0, 0, 0.12], rotation: HORN_AHEAD } };
      return { name: "Megaphone", shape, color, megaphone: true, holdable, body: body(0.8, 0.2), position: above(height / 2), rotation };
    }
    case "table": {
      const { rug: diameter, pile: height } = TABLE_M;
      const shape = { kind: "cylinder", height, diameter };
      return { name: "Private table", shape, color, voice_zone: { kind: "private", radius: diameter / 2 }, position: above(height / 2), rotation };
    }
    case "stage": {
      const { wide: diameter, high: height } = STAGE_M;
      const shape = { kind: "cylinder", height, diameter };
      return { name: "Stage", shape, color, floor: true, voice_zone: { kind: "stage", radius: diameter / 2 }, position: above(height / 2), rotation };
    }
    case "screen": {
      const { wide: width, high: height, thick: depth, foot } = SCREEN_M;
      return { name: "Screen", shape: { kind: "box", width, height, depth }, color: SCREEN_COLOR, screen: {}, position: above(foot + height / 2), rotation };
    }
    default:
  }
  if (kind === "text") {
    const position = above(HEAD_HEIGHT_M - 0.2);
    return { text: { value: "Hello", size: TEXT_SIZE_M }, color, position, rotation };
  }
  const { shape, lift_m } = SHAPES[kind];
  return { shape, color, position: above(lift_m), rotation };
}

/** The components of what hangs on a new thing and is made with it. */
export function partsOf(kind: ThingKind, color: string): readonly Components[] {
  if (kind === "table") return tableOnRug();
  if (kind === "screen") return screenStand();
  if (kind !== "chair") return [];
  const { seat, wide, back, thick } = CHAIR_M;
  const shape = { kind: "box", width: wide, height: back, depth: thick };
  return [{ name: "Chair back", shape, color, position: [0, millimetres((seat + back) / 2), millimetres((thick - wide) / 2)] }];
}

function tableOnRug(): readonly Components[] {
  const { high, wide, thick, pile } = TABLE_M;
  const part = (name: string, diameter: number, height: number, middle: number): Components => {
    const shape = { kind: "cylinder", height, diameter };
    return { name, shape, color: "#F3EDE2", position: [0, millimetres(middle), 0] };
  };
  const leg = high - thick - pile;
  return [part("Table leg", 0.14, leg, (pile + leg) / 2), part("Table top", wide, thick, high - (pile + thick) / 2)];
}

function screenStand(): readonly Components[] {
  const { wide, high, foot, post } = SCREEN_M;
  const part = (name: string, x: number, y: number, size: Components): Components => {
    return { name, shape: { kind: "box", ...size }, color: SCREEN_COLOR, position: [x, y, 0].map(millimetres) };
  };
  return [-1, 1].flatMap((side) => {
    const x = (side * wide) / 3;
    return [
      part("Screen post", x, -(high + foot) / 2, { width: post, height: foot, depth: post }),
      part("Screen foot", x, 0.02 - high / 2 - foot, { width: post, height: 0.04, depth: 0.7 }),
    ];
  });
}

/** On the visitor's floor, in front of them. */
export function footAhead({ x, y, z, yaw }: Viewer): Spot {
  return { x: x + Math.sin(yaw) * ADD_DISTANCE_M, y, z: z + Math.cos(yaw) * ADD_DISTANCE_M };
}

/** What a new thing takes of the floor, with some air around it. */
export function footOf(kind: ThingKind): Foot {
  switch (kind) {
    case "chair":
      return { radius_m: 0.35, height_m: CHAIR_M.seat + CHAIR_M.back };
    case "ball":
      return { radius_m: 0.2, height_m: BALL_M };
    case "text":
      return { radius_m: 0.5, height_m: HEAD_HEIGHT_M };
    case "ground":
      return { radius_m: 2, height_m: 0.1 };
    case "megaphone":
      return { radius_m: 0.2, height_m: MEGAPHONE_M.long };
    case "table":
      return { radius_m: TABLE_M.rug / 2, height_m: TABLE_M.high };
    case "screen":
      return { radius_m: SCREEN_M.wide / 2, height_m: SCREEN_M.foot + SCREEN_M.high };
    case "stage":
      return { radius_m: STAGE_M.wide / 2, height_m: HEAD_HEIGHT_M };
    default:
      return { radius_m: 0.4, height_m: 1 };
  }
}

/** A thing's largest measure by its components, metres; 0 for what has none. */
export function sizeOf(components: Components): number {
  const shape = components["shape"];
  const measures = ["size", "width", "height", "depth", "diameter", "diameterX", "diameterZ"].map((name) => number(member(shape, name)) ?? 0);
  const scale = numbers(components["scale"], 3) ?? [1, 1, 1];
  return Math.max(...measures) * Math.max(...scale.map(Math.abs));
}

/** Rounds to a millimetre: what people read in the inspector. */
export function millimetres(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
