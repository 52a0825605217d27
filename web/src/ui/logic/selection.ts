/**
 * The selected entity as fields a person edits, and edited fields as components the room accepts. Pure.
 */
import type { Selection } from "../../core/building";
import type { Json } from "../../core/json";
import { normalizeHex } from "./colors";
import { degreesFromQuaternion, quaternionFromDegrees, type Quaternion, type Vector3 } from "./rotation";

const DEGREES = 180 / Math.PI;

/** The fields of an entity; null where it has no such component. */
export interface SelectionFields {
  readonly title: string;
  readonly name: string;
  readonly text: string | null;
  readonly text_size_m: number | null;
  readonly position: Vector3;
  readonly rotation_deg: Vector3;
  readonly scale: Vector3;
  readonly color: string | null;
  readonly visibility: number;
  /** Degrees per second about X, Y and Z. */
  readonly spin_deg_s: Vector3;
}

/** Reads the fields, with the room's defaults for what is not there. */
export function selectionFields(selection: Selection): SelectionFields {
  const { components } = selection;
  const text = object(components["text"]);
  const spin = vector(components["spin"]) ?? [0, 0, 0];
  return {
    title: title(components),
    name: string(components["name"]) ?? "",
    text: string(text?.["value"]),
    text_size_m: number(text?.["size"]),
    position: vector(components["position"]) ?? [0, 0, 0],
    rotation_deg: degreesFromQuaternion(quaternion(components["rotation"]) ?? [0, 0, 0, 1]),
    scale: vector(components["scale"]) ?? [1, 1, 1],
    color: normalizeHex(string(components["color"]) ?? ""),
    visibility: number(components["visibility"]) ?? 1,
    spin_deg_s: [spin[0] * DEGREES, spin[1] * DEGREES, spin[2] * DEGREES],
  };
}

/** The `spin` component for degrees per second, in radians per second. */
export function spinComponent([x, y, z]: Vector3): Json {
  return [x / DEGREES, y / DEGREES, z / DEGREES].map(short);
}

/** The `rotation` component for degrees about X, Y and Z. */
export function rotationComponent(degrees: Vector3): Json {
  return quaternionFromDegrees(degrees).map(short);
}

/** The `text` component with another value; its other members stay. */
export function textComponent(selection: Selection, change: { readonly value?: string; readonly size?: number }): Json {
  return { ...object(selection.components["text"]), ...change };
}

/** The vector with one part replaced. */
export function withPart([x, y, z]: Vector3, axis: 0 | 1 | 2, value: number): Vector3 {
  const parts: [number, number, number] = [x, y, z];
  parts[axis] = value;
  return parts;
}

/** Six digits are finer than anyone sees and far shorter to send. */
function short(value: number): number {
  return Number(value.toFixed(6)) || 0;
}

function title(components: Selection["components"]): string {
  const kind = string(object(components["shape"])?.["kind"]);
  if (kind !== null) return kind.charAt(0).toUpperCase() + kind.slice(1);
  const known: readonly (readonly [string, string])[] = [
    ["text", "Text"],
    ["model", "Model"],
    ["light", "Light"],
    ["avatar", "Person"],
    ["spawn_point", "Spawn point"],
    ["sky", "Sky"],
  ];
  return known.find(([name]) => name in components)?.[1] ?? "Thing";
}

function object(value: Json | undefined): { readonly [key: string]: Json } | null {
  return typeof value === "object" && value !== null && !isList(value) ? value : null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function string(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function number(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function numbers(value: Json | undefined, count: number): readonly number[] | null {
  if (value === undefined || !isList(value) || value.length !== count) return null;
  return value.every((part) => typeof part === "number") ? (value as readonly number[]) : null;
}

function vector(value: Json | undefined): Vector3 | null {
  const parts = numbers(value, 3);
  return parts === null ? null : [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}

function quaternion(value: Json | undefined): Quaternion | null {
  const parts = numbers(value, 4);
  return parts === null ? null : [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0, parts[3] ?? 1];
}
