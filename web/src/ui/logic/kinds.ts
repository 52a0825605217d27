/** How a declared component is edited: which field each part gets, and what a new one begins with. Pure. */
import type { ComponentInfo, FieldInfo, Kind } from "../../core/components";
import type { Json, JsonObject } from "../../core/json";
import { isObject } from "../../core/json";

/** What fits a kind well enough to be edited with fields. */
export type Editor =
  | { readonly as: "switch" }
  | { readonly as: "word"; readonly words: readonly string[] }
  | { readonly as: "number"; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly as: "vector"; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly as: "line"; readonly chars_max: number }
  | { readonly as: "color" }
  | { readonly as: "object"; readonly fields: readonly (readonly [string, FieldInfo])[] };

/** The field for a value of a kind; undefined where only JSON says it (lists, quaternions, what makers make up). */
export function editorOf(kind: Kind, value: Json | undefined): Editor | undefined {
  switch (kind.is) {
    case "bool":
    case "mark":
      return isObject(value) ? undefined : { as: "switch" };
    case "word":
      return { as: "word", words: kind.words };
    case "number":
      return { as: "number", min: kind.min, max: kind.max, unit: kind.unit };
    case "vec3":
      return { as: "vector", min: kind.min, max: kind.max, unit: kind.unit };
    case "text":
      return { as: "line", chars_max: kind.chars_max };
    case "color":
      return { as: "color" };
    case "object":
      return { as: "object", fields: Object.entries(kind.fields) };
    case "either":
      return editorOf(kind.kinds.find((each) => fits(each, value)) ?? { is: "any" }, value);
    default:
      return undefined;
  }
}

/** Whether a value is roughly of a kind: enough to choose between the ways in which a component may be written. */
function fits(kind: Kind, value: Json | undefined): boolean {
  switch (kind.is) {
    case "bool":
    case "mark":
      return typeof value === "boolean";
    case "object":
      return isObject(value);
    case "list":
      return Array.isArray(value);
    case "number":
      return typeof value === "number";
    case "text":
    case "word":
    case "color":
      return typeof value === "string";
    default:
      return false;
  }
}

/** What a new component holds; undefined where there is nothing sensible to begin with. */
export function beginning(kind: Kind): Json | undefined {
  switch (kind.is) {
    case "bool":
    case "mark":
      return true;
    case "word":
      return kind.words[0];
    case "number":
      return Math.min(kind.max, Math.max(kind.min, 1));
    case "vec3":
      return [0, 0, 0];
    case "rotation":
      return [0, 0, 0, 1];
    case "text":
      return "";
    case "color":
      return "#9AA7B4";
    case "list":
      return [];
    case "object":
      return beginningOf(kind.fields);
    case "either":
      return kind.kinds.map(beginning).find((value) => value !== undefined);
    default:
      return undefined;
  }
}

function beginningOf(fields: { readonly [name: string]: FieldInfo }): JsonObject | undefined {
  const made: { [name: string]: Json } = {};
  for (const [name, { required, kind }] of Object.entries(fields)) {
    if (!required) continue;
    const value = beginning(kind);
    if (value === undefined) return undefined;
    made[name] = value;
  }
  return made;
}

/** What can be added to a thing that has `present` already, by group. */
export function addable(
  components: { readonly [name: string]: ComponentInfo },
  present: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, { group, server_only, kind }] of Object.entries(components)) {
    if (server_only || group === "people" || present.has(name) || beginning(kind) === undefined) continue;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

/** An object with one member set, or without it. */
export function withMember(value: Json | undefined, name: string, member: Json | undefined): JsonObject {
  const { [name]: _, ...others } = isObject(value) ? value : {};
  return member === undefined ? others : { ...others, [name]: member };
}
