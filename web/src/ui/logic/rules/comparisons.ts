/** What a component, a count or a field of either is compared with. Pure. */
import type { Kind } from "../../../core/components";
import type { Json, JsonObject } from "../../../core/json";
import { type Field, type Piece, renamed, withKey } from "./sentence";
import { controlOfKind } from "./values";

export const COMPARISONS = ["equals", "differs", "at_least", "at_most", "above", "below", "includes", "exists"] as const;
export type Comparison = (typeof COMPARISONS)[number];

const WORDS: { readonly [comparison in Exclude<Comparison, "exists">]: string } = {
  equals: "is",
  differs: "is not",
  at_least: "is at least",
  at_most: "is at most",
  above: "is above",
  below: "is below",
  includes: "includes",
};
const CHOICES = [
  ...Object.entries(WORDS).map(([value, words]) => ({ value, words })),
  { value: "there", words: "is there" },
  { value: "missing", words: "is not there" },
];

/** By what a part compares; the first where somebody wrote several. */
export function comparisonOf(node: JsonObject): Comparison | undefined {
  return COMPARISONS.find((comparison) => Object.hasOwn(node, comparison));
}

/** The pieces of a comparison: which one, and with what. */
export function comparisonPieces(node: JsonObject, kind: Kind): readonly Piece[] {
  const used = comparisonOf(node);
  const chosen = used === "exists" ? (node["exists"] === false ? "missing" : "there") : used;
  const how: Field = {
    is: "field",
    label: "How it compares",
    control: { as: "word", choices: CHOICES },
    value: chosen,
    put: (to) => comparing(node, String(to)),
    ...(used === undefined ? { missing: "compares…" } : {}),
  };
  if (used === undefined || used === "exists") return [how];
  const value = node[used];
  const put = (next: Json | undefined): Json => withKey(node, used, next ?? "");
  return [how, { is: "field", label: "Compared with", control: controlOfKind(kind, value), value, put }];
}

/** The part with another comparison, with the same value where that makes sense. */
function comparing(node: JsonObject, to: string): JsonObject {
  const used = comparisonOf(node);
  if (to === "there" || to === "missing") return withKey(used === undefined ? node : without(node, used), "exists", to === "there");
  if (used === undefined || used === "exists") return { ...(used === undefined ? node : without(node, used)), [to]: 1 };
  return renamed(node, used, to);
}

function without(node: JsonObject, key: string): JsonObject {
  return withKey(node, key, undefined);
}
