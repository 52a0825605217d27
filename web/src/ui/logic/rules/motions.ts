/** How a step moves something, in words: by or to a place, a turn, a size. Pure. */
import { type Json, type JsonObject, isObject } from "../../../core/json";
import { type Control, type Piece, field, renamed, withKey, within, word, words } from "./sentence";

/** What may move, with what it begins with: nowhere else, not turned, as large. */
const PARTS: readonly { readonly key: string; readonly said: string; readonly add: string; readonly control: Control; readonly still: Json }[] = [
  { key: "position", said: "", add: "Move it, too", control: { as: "vector", unit: "m" }, still: [0, 0, 0] },
  { key: "rotation", said: "turned", add: "Turn it, too", control: { as: "turn" }, still: [0, 0, 0, 1] },
  { key: "scale", said: "sized", add: "Size it, too", control: { as: "vector", unit: "×" }, still: [1, 1, 1] },
];

/** The pieces of where a motion goes. */
export function motionPieces(node: JsonObject): readonly Piece[] {
  const way = Object.hasOwn(node, "to") && !Object.hasOwn(node, "by") ? "to" : "by";
  const goal = node[way];
  const how: Piece = {
    is: "field",
    label: "By or to",
    control: word(["by", "by"], ["to", "to"]),
    value: way,
    put: (next) => renamed(node, way, next === "to" ? "to" : "by"),
  };
  if (!isObject(goal)) return [how, field(node, way, "Where it goes", { as: "json" })];
  return [how, ...within(goalPieces(goal), (part) => withKey(node, way, part))];
}

function goalPieces(goal: JsonObject): readonly Piece[] {
  const there = PARTS.filter(({ key }) => Object.hasOwn(goal, key));
  const said = there.flatMap(({ key, said: before, control }, index): readonly Piece[] => {
    const label = key.charAt(0).toUpperCase() + key.slice(1);
    const gone: Piece = { is: "act", icon: "close", label: `Leave ${key} out`, put: () => withKey(goal, key, undefined) };
    const lead = [...(index > 0 ? ["and"] : []), ...(before === "" ? [] : [before])];
    return [...(lead.length > 0 ? [words(lead.join(" "))] : []), field(goal, key, label, control), ...(there.length > 1 ? [gone] : [])];
  });
  const more = PARTS.filter(({ key }) => !Object.hasOwn(goal, key));
  const acts = more.map(({ key, add, still }): Piece => ({ is: "act", icon: "plus", label: add, words: add, put: () => withKey(goal, key, still) }));
  return [...said, ...acts];
}
