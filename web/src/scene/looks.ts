/**
 * What an entity looks like: its components read into a few plain choices. Pure; knows no Babylon.
 *
 * Sizes become part of an instance's matrix, so that all boxes of a room are one unit box drawn many times.
 */
import { LIGHTS, type LightKind, type MaterialName } from "../core/generated";
import { type Json, type JsonObject, isObject, member, number, numbers, text } from "../core/json";
import { cornersOf } from "./corners";
import type { Vector } from "./matrix";

/** The geometries there are; `tube` is a cylinder or cone, told apart by `ratio`. */
export type Form = "box" | "sphere" | "tube" | "capsule" | "plane" | "ground";

export interface ShapeLook {
  readonly form: Form;
  /**
   * tube: the smaller of its two diameters over the larger, negative when the bottom is the smaller one.
   * capsule: height over diameter.
   */
  readonly ratio: number;
  /** Factors that make the unit geometry as large as it should be, metres. */
  readonly size: Vector;
}

export interface TextLook {
  readonly value: string;
  /** Height of a line, metres. */
  readonly size: number;
}

/** A model to fetch. */
export interface ModelLook {
  readonly url: string;
  /** The name of what it plays for ever. */
  readonly animation: string | undefined;
  /** 0 is not drawn at all. */
  readonly alpha: number;
}

/** How a surface answers light. Steps of a tenth, so that the number of materials is small and bounded. */
export interface Surface {
  readonly grid: boolean;
  /** 0 none … 1: shines in its own colour. */
  readonly glow: number;
  /** 0 matte … 1 mirror-like highlight. */
  readonly gloss: number;
  /** What it mirrors has its own colour, and it has no other. */
  readonly metal?: boolean;
  /** Larger than what one light may be computed for: a floor. */
  readonly wide?: boolean;
}

export interface Look {
  readonly shape: ShapeLook | undefined;
  readonly model: ModelLook | undefined;
  readonly text: TextLook | undefined;
  /** Red, green, blue, 0..1. */
  readonly color: Vector;
  /** 0 is not drawn at all. */
  readonly alpha: number;
  readonly surface: Surface;
}

export interface LightLook {
  readonly kind: LightKind;
  readonly intensity: number;
  readonly color: Vector;
  /** Metres; light ends there. */
  readonly range: number;
  /** Opening of a spot, radians. */
  readonly angle: number;
}

/** What a thing without a colour of its own is drawn in; the same as in a room's picture. */
export const NEUTRAL: Vector = [0xc9 / 255, 0xd1 / 255, 0xd9 / 255];
/** A mark in place of a colour: the plain under every room, and a grid that names no colour, have the sky's (`grid.ts`). */
export const PLAIN_COLOR: Vector = [-1, -1, -1];
/** How much of a pane of glass one sees when it does not say. */
const GLASS_ALPHA = 0.22;
/** Range of a light that names none, metres. */
export const LIGHT_RANGE_M = 12;
/** Height of a text's line that names none, metres. */
export const TEXT_SIZE_M = 0.3;
/** A capsule of this height over its diameter is drawn with its own geometry; between two steps it is stretched. */
const CAPSULE_RATIO_STEP = 0.125;
const TUBE_RATIO_STEP = 1 / 32;
/** Smallest drawn edge, metres: a size of nothing would make a matrix that cannot be turned back. */
const SIZE_MIN_M = 1e-4;

/** Reads a look; unknown or malformed components are as if they were not there. */
export function lookOf(components: JsonObject): Look {
  const shape = shapeOf(components["shape"]);
  const surface = surfaceOf(components["material"], shape?.form === "ground");
  const see_through = components["material"] === "glass" ? GLASS_ALPHA : 1;
  const visibility = clamp01(number(components["visibility"]) ?? 1);
  return {
    shape,
    model: modelOf(components["model"], visibility),
    text: textOf(components["text"]),
    // A gridded floor without a colour goes on as the plain around it.
    color: rgb(components["color"]) ?? (surface.grid && shape !== undefined ? PLAIN_COLOR : NEUTRAL),
    alpha: visibility * see_through,
    surface,
  };
}

function modelOf(value: Json | undefined, alpha: number): ModelLook | undefined {
  const url = text(member(value, "url"));
  if (url === undefined || alpha === 0) return undefined;
  return { url, animation: text(member(value, "animation")), alpha };
}

/** "#RRGGBB" or [r, g, b] of 0..1. */
export function rgb(value: Json | undefined): Vector | undefined {
  if (typeof value === "string") return /^#[0-9a-f]{6}$/i.test(value) ? hex(value) : undefined;
  const parts = numbers(value, 3);
  return parts && [clamp01(parts[0] ?? 0), clamp01(parts[1] ?? 0), clamp01(parts[2] ?? 0)];
}

/** A colour as people write it. */
export function hex(value: string): Vector {
  const byte = (at: number) => Number.parseInt(value.slice(at, at + 2), 16) / 255;
  return [byte(1), byte(3), byte(5)];
}

export function shapeOf(value: Json | undefined): ShapeLook | undefined {
  if (!isObject(value)) return undefined;
  const size = (names: readonly string[], otherwise: number) => sizeOf(value, names, otherwise);
  switch (value["kind"]) {
    case "box": {
      const all = size(["size"], 1);
      return shape("box", 0, [size(["width"], all), size(["height"], all), size(["depth"], all)]);
    }
    case "sphere": {
      const all = size(["diameter"], 1);
      return shape("sphere", 0, [size(["diameterX"], all), size(["diameterY"], all), size(["diameterZ"], all)]);
    }
    case "cylinder":
      return tube(size(["diameterTop", "diameter"], 1), size(["diameterBottom", "diameter"], 1), size(["height"], 2));
    case "cone":
      return tube(size(["diameterTop"], 0), size(["diameterBottom", "diameter"], 1), size(["height"], 2));
    case "capsule":
      return capsule(size(["radius"], 0.25), size(["height"], 1));
    case "plane": {
      const all = size(["size"], 1);
      return shape("plane", 0, [size(["width"], all), size(["height"], all), 1]);
    }
    case "ground": {
      const all = size(["size"], 1);
      // Babylon calls a ground's depth its height.
      return shape("ground", 0, [size(["width"], all), 1, size(["height", "depth"], all)]);
    }
    default:
      return undefined;
  }
}

function shape(form: Form, ratio: number, [x, y, z]: Vector): ShapeLook {
  return { form, ratio, size: [Math.max(SIZE_MIN_M, x), Math.max(SIZE_MIN_M, y), Math.max(SIZE_MIN_M, z)] };
}

function tube(top: number, bottom: number, height: number): ShapeLook {
  const wide = Math.max(top, bottom, SIZE_MIN_M);
  const step = (part: number) => Math.round(part / wide / TUBE_RATIO_STEP) * TUBE_RATIO_STEP;
  return shape("tube", top <= bottom ? step(top) : -step(bottom), [wide, height, wide]);
}

function capsule(radius: number, height: number): ShapeLook {
  const diameter = Math.max(SIZE_MIN_M, radius * 2);
  const ratio = Math.max(1, Math.round(height / diameter / CAPSULE_RATIO_STEP) * CAPSULE_RATIO_STEP);
  return shape("capsule", ratio, [diameter, Math.max(diameter, height) / ratio, diameter]);
}

/** Half extents of a shape before its entity's own scale, metres. */
export function halfExtents({ form, ratio, size }: ShapeLook): Vector {
  const [x, y, z] = size;
  const half_height = form === "capsule" ? (y * ratio) / 2 : form === "ground" ? 0 : y / 2;
  return [x / 2, half_height, form === "plane" ? 0 : z / 2];
}

function sizeOf(value: JsonObject, names: readonly string[], otherwise: number): number {
  for (const name of names) {
    const found = number(value[name]);
    if (found !== undefined) return Math.abs(found);
  }
  return otherwise;
}

function textOf(value: Json | undefined): TextLook | undefined {
  const line = text(value) ?? text(member(value, "value"));
  if (line === undefined || line.trim() === "") return undefined;
  return { value: line, size: number(member(value, "size")) ?? TEXT_SIZE_M };
}

const PLAIN_SURFACE: Surface = { grid: false, glow: 0, gloss: 0, metal: false, wide: false };

/** The surfaces that have a name. */
const SURFACES: { readonly [name in MaterialName]: Partial<Surface> } = {
  matte: {},
  satin: { gloss: 0.4 },
  glossy: { gloss: 0.8 },
  metal: { gloss: 0.7, metal: true },
  glass: { gloss: 0.9 },
  glow: { glow: 1 },
  grid: { grid: true },
};

function surfaceOf(value: Json | undefined, wide: boolean): Surface {
  const named = Object.entries(SURFACES).find(([name]) => name === value);
  if (named !== undefined) return { ...PLAIN_SURFACE, ...named[1], wide };
  const roughness = number(member(value, "roughness"));
  return {
    grid: member(value, "grid") === true,
    glow: tenths(number(member(value, "glow")) ?? 0),
    gloss: tenths(roughness === undefined ? 0 : 1 - roughness),
    metal: member(value, "metal") === true,
    wide,
  };
}

/** A light, or undefined when the component is none. */
export function lightOf(value: Json | undefined): LightLook | undefined {
  const told = text(member(value, "kind")) ?? text(member(value, "type")) ?? text(value);
  const kind = LIGHTS.find((each) => each === told);
  if (kind === undefined) return undefined;
  return {
    kind,
    intensity: Math.max(0, number(member(value, "intensity")) ?? 1),
    color: rgb(member(value, "color")) ?? [1, 1, 1],
    range: Math.max(0.1, number(member(value, "range")) ?? LIGHT_RANGE_M),
    angle: number(member(value, "angle")) ?? 1,
  };
}

/** Components that make a shape something to walk through: it is carried, taken, flown or stepped into. */
const PASSABLE = ["holdable", "throwable", "held_by", "collectable", "bullet", "portal", "avatar"] as const;

/** Whether people bump into it and stand on it. `wall` and `floor` decide; else every shape but a passable one does. */
export function isSolid(components: JsonObject): boolean {
  const { wall, floor } = components;
  if (wall === false || floor === false || components["collider"] === false) return false;
  if (wall !== undefined || floor !== undefined) return true;
  const has_form = components["shape"] !== undefined || cornersOf(components["collider"]) !== undefined;
  return has_form && PASSABLE.every((name) => components[name] === undefined);
}

/** Whether the room brings a floor of its own. */
export function isFloor(components: JsonObject): boolean {
  return components["floor"] !== undefined && components["floor"] !== false;
}

/** The name of the batch that draws a shape: equal names are drawn together. */
export function batchKey({ form, ratio }: ShapeLook, surface: Surface, alpha: number): string {
  return `${form} ${ratio} ${surfaceKey(surface, alpha < 1)}`;
}

/** The name of the material that surfaces share. */
export function surfaceKey({ grid, glow, gloss, metal, wide }: Surface, blended: boolean): string {
  const words = [grid && "grid", metal && "metal", wide && "wide", blended && "blended"].filter(Boolean);
  return `${glow} ${gloss} ${words.join(" ")}`;
}

function tenths(value: number): number {
  return Math.round(clamp01(value) * 10) / 10;
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}
