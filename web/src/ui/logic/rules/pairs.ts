/** Components by name, said as pairs: "colour to red and visibility to 1". Pure. */
import { type Json, type JsonObject, isObject } from "../../../core/json";
import { COMPONENTS } from "../../../core/components";
import { beginning } from "../kinds";
import { type Control, type Piece, renamed, withKey, within, words } from "./sentence";
import { controlOfKind, kindOf } from "./values";

/** How the pairs of an op are said. */
export interface PairWords {
  /** What stands between a name and its value. */
  readonly between: string;
  /** What a new pair's name holds. */
  readonly value: (name: string) => Json;
  /** The pieces of a value; its own control where nothing is said. */
  readonly pieces?: (name: string, value: Json) => readonly Piece[];
}

export const SET_PAIRS: PairWords = { between: "to", value: firstValue };

/** A sensible first value of a component. */
export function firstValue(name: string): Json {
  return (Object.hasOwn(COMPONENTS, name) ? beginning(COMPONENTS[name]?.kind ?? { is: "any" }) : undefined) ?? 1;
}

/** The pieces of `components` in a part; without a readable one, its JSON. */
export function pairPieces(node: JsonObject, key: string, pair: PairWords): readonly Piece[] {
  const value = node[key];
  const put = (next: Json): Json => withKey(node, key, next);
  if (!isObject(value)) return [{ is: "field", label: "Components", control: { as: "json" }, value, put: (next) => put(next ?? {}) }];
  const names = Object.keys(value);
  const pairs = names.flatMap((name, index) => [...(index > 0 ? [words("and")] : []), ...onePair(value, name, pair)]);
  return within([...pairs, another(value, pair)], put);
}

function onePair(components: JsonObject, name: string, pair: PairWords): readonly Piece[] {
  const value = components[name] ?? null;
  const named: Piece = {
    is: "field",
    label: "Component",
    control: { as: "name", of: "component" },
    value: name,
    put: (next) => renamedPair(components, name, String(next ?? name), pair),
  };
  const put = (next: Json | undefined): Json => withKey(components, name, next ?? null);
  const own = pair.pieces?.(name, value);
  const control: Control = controlOfKind(kindOf(name), value);
  const said = own === undefined ? [{ is: "field", label: `Value of ${name}`, control, value, put } as const] : within(own, put);
  const last = Object.keys(components).length === 1;
  const gone: Piece = { is: "act", icon: "close", label: `Leave ${name} out`, put: () => withKey(components, name, undefined) };
  return [named, ...(pair.between === "" ? [] : [words(pair.between)]), ...said, ...(last ? [] : [gone])];
}

/** Under another name a value stays only if it can be one of that name's. */
function renamedPair(components: JsonObject, name: string, to: string, pair: PairWords): JsonObject {
  const next = renamed(components, name, to);
  if (next === components || kindOf(to).is === kindOf(name).is) return next;
  return withKey(next, to, pair.value(to));
}

function another(components: JsonObject, pair: PairWords): Piece {
  const name = ["color", "visibility", "text", "my_component"].find((each) => !Object.hasOwn(components, each)) ?? `component_${Object.keys(components).length}`;
  return { is: "act", icon: "plus", label: "Another component", put: () => withKey(components, name, pair.value(name)) };
}
