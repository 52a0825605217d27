/** What must be true for a rule, in words: single conditions, and groups of them. Pure. */
import { type Json, type JsonObject, isObject } from "../../../core/json";
import { comparisonPieces } from "./comparisons";
import { type Control, type Form, count, field, metres, withKey, words } from "./sentence";
import { kindOf } from "./values";

const ONE: Control = { as: "whom", among: "one" };
const SEVERAL: Control = { as: "whom", among: "several" };
const COMPARED = ["equals", "differs", "at_least", "at_most", "above", "below", "includes", "exists"];
const GROUP = "Conditions";

const both = (...keys: readonly string[]) => (node: JsonObject): boolean => keys.every((key) => Object.hasOwn(node, key));

/** Conditions that are no groups, in the order in which they are offered. */
export const CONDITIONS: readonly Form[] = [
  {
    id: "has",
    words: "has",
    group: GROUP,
    keys: ["of", "has", "at_least"],
    subject: "of",
    made: { of: "actor", has: "red_key" },
    fits: both("has"),
    say: (node, verb) => [
      field(node, "of", "Who", ONE, "who did it"),
      verb,
      field(node, "at_least", "How many", count("", 1, 1e9), "a"),
      field(node, "has", "Item", { as: "name", of: "item" }),
    ],
  },
  {
    id: "component",
    words: "’s component",
    group: GROUP,
    keys: ["of", "component", "field", ...COMPARED],
    subject: "of",
    made: { of: "self", component: "door_state", equals: "open" },
    fits: both("component"),
    say: (node, verb) => [
      field(node, "of", "Of whom", ONE, "this thing"),
      verb,
      field(node, "component", "Component", { as: "name", of: "component" }),
      ...(node["field"] === undefined ? [] : [words("at"), field(node, "field", "Part of it", { as: "name", of: "field" }, "the whole")]),
      ...comparisonPieces(node, node["field"] === undefined ? kindOf(node["component"]) : { is: "any" }),
    ],
  },
  {
    id: "near",
    words: "is near",
    group: GROUP,
    keys: ["of", "within_m", "from"],
    subject: "of",
    made: { of: "actor", within_m: 3 },
    fits: (node) => Object.hasOwn(node, "within_m") && !Object.hasOwn(node, "count"),
    say: (node, verb) => [
      field(node, "of", "Who", ONE, "who did it"),
      verb,
      field(node, "from", "Near what", ONE, "this thing"),
      words("within"),
      field(node, "within_m", "How near", metres(0.1, 50)),
    ],
  },
  {
    id: "is",
    words: "is",
    group: GROUP,
    keys: ["of", "is"],
    subject: "of",
    made: { of: "actor", is: "people" },
    fits: both("is"),
    say: (node, verb) => [field(node, "of", "Who", ONE, "who did it"), verb, field(node, "is", "One of whom", { as: "whom", among: "somebody" })],
  },
  {
    id: "count_near",
    words: "the number near of",
    group: GROUP,
    keys: ["count", "within_m", "from", ...COMPARED],
    made: { count: "people", within_m: 3, equals: 0 },
    fits: both("count", "within_m"),
    say: (node, verb) => [
      verb,
      field(node, "count", "Of whom", SEVERAL),
      words("within"),
      field(node, "within_m", "How near", metres(0.1, 50)),
      words("of"),
      field(node, "from", "Near what", ONE, "this thing"),
      ...comparisonPieces(node, { is: "number", min: 0, max: 20_000, unit: "" }),
    ],
  },
  {
    id: "count",
    words: "the number of",
    group: GROUP,
    keys: ["count", ...COMPARED],
    made: { count: "people", at_least: 2 },
    fits: (node) => Object.hasOwn(node, "count") && !Object.hasOwn(node, "within_m"),
    say: (node, verb) => [verb, field(node, "count", "Of whom", SEVERAL), ...comparisonPieces(node, { is: "number", min: 0, max: 20_000, unit: "" })],
  },
];

/** A group of conditions. */
export interface Group {
  readonly join: "all" | "any" | "not";
  readonly parts: readonly Json[];
  /** The group with other parts; one that is emptied is none any more. */
  readonly put: (parts: readonly Json[]) => Json | undefined;
}

/** Reads a group; undefined for a single condition and for what is neither. */
export function groupOf(node: Json): Group | undefined {
  if (!isObject(node)) return undefined;
  const join = (["all", "any", "not"] as const).find((each) => Object.hasOwn(node, each));
  if (join === undefined) return undefined;
  const inside = node[join] ?? null;
  if (join === "not") return { join, parts: [inside], put: ([first]) => (first === undefined ? undefined : withKey(node, "not", first)) };
  if (!Array.isArray(inside)) return undefined;
  return { join, parts: inside as readonly Json[], put: (parts) => (parts.length === 0 ? undefined : withKey(node, join, [...parts])) };
}

/** The conditions of a rule as a list, however they are written. */
export function listedConditions(written: Json | undefined): readonly Json[] {
  if (written === undefined) return [];
  return Array.isArray(written) ? (written as readonly Json[]) : [written];
}

/** A changed list as a rule has it: one alone stays alone where it was. */
export function writtenConditions(before: Json | undefined, list: readonly Json[]): Json | undefined {
  if (list.length === 0) return undefined;
  return list.length === 1 && !Array.isArray(before) ? list[0] : [...list];
}

/** What a new condition begins with. */
export const NEW_CONDITION: JsonObject = CONDITIONS[0]?.made ?? {};
/** And a new group. */
export const newGroup = (join: Group["join"]): JsonObject => ({ [join]: join === "not" ? NEW_CONDITION : [NEW_CONDITION] });
