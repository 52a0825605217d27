/**
 * A rule as a sentence: words, and fields among them. A field knows what the part it belongs to becomes when it is set, and
 * leaves everything else of it as it was written. Pure; knows no page.
 */
import type { Kind } from "../../../core/components";
import type { Json, JsonObject } from "../../../core/json";
import type { NumberRange } from "../numbers";

/** One of the words a field may say. */
export interface Choice {
  readonly value: string;
  readonly words: string;
  readonly group?: string;
}

/** What a name in a rule is the name of. */
export type NameOf = "component" | "event" | "item" | "command" | "field" | "sound";

/** How a field is filled in. */
export type Control =
  /** `somebody` and `anything` are one of many, `several` all of them. */
  | { readonly as: "whom"; readonly among: "one" | "several" | "somebody" | "anything" }
  | { readonly as: "place" | "audience" | "turn" | "names" | "json" }
  /** `per` is how many of what is stored one of what is shown has. */
  | ({ readonly as: "number"; readonly unit: string; readonly step: number; readonly per: number } & NumberRange)
  | { readonly as: "vector"; readonly unit: string }
  | { readonly as: "line"; readonly chars_max: number }
  | { readonly as: "name"; readonly of: NameOf }
  | { readonly as: "word"; readonly choices: readonly Choice[] }
  | { readonly as: "value"; readonly kind: Kind };

export interface Field {
  readonly is: "field";
  readonly label: string;
  readonly control: Control;
  readonly value: Json | undefined;
  /** What it says where nothing is written, which can then be chosen again. */
  readonly missing?: string;
  /** What the part becomes. */
  readonly put: (value: Json | undefined) => Json;
}

/** Something that is added to a sentence, or taken out of it. */
export interface Act {
  readonly is: "act";
  readonly icon: "plus" | "close";
  readonly label: string;
  /** Said beside the icon where it is more than the icon says. */
  readonly words?: string;
  readonly put: () => Json;
}

export type Piece = { readonly is: "words"; readonly words: string } | Field | Act;

/** A way in which something may be said. */
export interface Form {
  readonly id: string;
  readonly words: string;
  readonly group: string;
  /** What it says; all else somebody wrote there is kept, unseen. */
  readonly keys: readonly string[];
  /** The one of them that says whom it is about, and stays when another form is chosen. */
  readonly subject?: string;
  /** Whether that may be several. */
  readonly several?: boolean;
  /** What a new one holds. */
  readonly made: JsonObject;
  readonly fits: (node: JsonObject) => boolean;
  /** The sentence; `verb` is the field that chooses among the forms. */
  readonly say: (node: JsonObject, verb: Piece) => readonly Piece[];
}

/** An object with one member set in its place, or without it. */
export function withKey(node: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...node, [key]: value };
  const { [key]: _, ...others } = node;
  return others;
}

/** The object with a member under another name, in the same place. */
export function renamed(node: JsonObject, key: string, to: string): JsonObject {
  if (key === to || Object.hasOwn(node, to)) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name === key ? to : name, value]));
}

export const words = (text: string): Piece => ({ is: "words", words: text });

/** A field for a member of the part. */
export function field(node: JsonObject, key: string, label: string, control: Control, missing?: string): Field {
  const put = (value: Json | undefined): Json => withKey(node, key, value);
  return { is: "field", label, control, value: node[key], put, ...(missing === undefined ? {} : { missing }) };
}

/** Pieces of a part within the part: what they put is put into the whole. */
export function within(pieces: readonly Piece[], put: (part: Json) => Json): readonly Piece[] {
  return pieces.map((piece) => {
    if (piece.is === "words") return piece;
    if (piece.is === "act") return { ...piece, put: () => put(piece.put()) };
    return { ...piece, put: (value) => put(piece.put(value)) };
  });
}

export const seconds = (min_ms: number, max_ms = 86_400_000): Control => ({ as: "number", unit: "s", step: 1, per: 1_000, min: min_ms, max: max_ms });
export const metres = (min: number, max: number): Control => ({ as: "number", unit: "m", step: 0.5, per: 1, min, max });
export const count = (unit = "", min = -1e9, max = 1e9): Control => ({ as: "number", unit, step: 1, per: 1, min, max });
export const word = (...choices: readonly (readonly [string, string])[]): Control => ({
  as: "word",
  choices: choices.map(([value, said]) => ({ value, words: said })),
});

/** A part of a rule in words, and what of it the words leave out. */
export interface Sentence {
  readonly form: Form | undefined;
  readonly pieces: readonly Piece[];
  /** Members that are written there and not shown. */
  readonly unshown: readonly string[];
}

/** How a part is said: by the first form that fits, else as what it is. */
export function sentenceOf(forms: readonly Form[], node: Json, label: string, kept: readonly string[] = []): Sentence {
  if (!isPart(node)) return { form: undefined, pieces: [words(`something else: ${short(node)}`)], unshown: [] };
  const form = forms.find((each) => each.fits(node));
  const choices = forms.map(({ id, words: said, group }) => ({ value: id, words: said, group }));
  const put = (id: Json | undefined): Json => become(forms, node, String(id), kept);
  const verb: Field = { is: "field", label, control: { as: "word", choices }, value: form?.id ?? "", put };
  if (form === undefined) return { form, pieces: [{ ...verb, missing: "something else:", value: undefined }, words(short(node))], unshown: [] };
  const unshown = Object.keys(node).filter((key) => !form.keys.includes(key) && !kept.includes(key));
  return { form, pieces: form.say(node, verb), unshown };
}

/** The part said in another form: whom it is about stays, and what both forms know. */
export function become(forms: readonly Form[], node: JsonObject, id: string, kept: readonly string[] = []): JsonObject {
  const next = forms.find((form) => form.id === id);
  const before = forms.find((form) => form.fits(node));
  if (next === undefined || next === before) return node;
  const made: { [key: string]: Json } = {};
  for (const key of kept) if (node[key] !== undefined) made[key] = node[key];
  for (const [key, value] of Object.entries(next.made)) made[key] = SHARED.includes(key) ? (node[key] ?? value) : value;
  for (const key of next.keys) if (SHARED.includes(key) && node[key] !== undefined) made[key] = node[key];
  const about = before?.subject === undefined ? undefined : node[before.subject];
  if (next.subject !== undefined && about !== undefined && (next.several === true || isOne(about))) made[next.subject] = about;
  return made;
}

/** Members that mean the same in every form that has them. */
const SHARED: readonly string[] = ["on", "of", "who", "actor", "within_m", "component", "field", "item", "amount", "text"];

/** The beginning of what has no sentence. */
function short(node: Json): string {
  const text = JSON.stringify(node);
  return text.length > SHORT_CHARS ? `${text.slice(0, SHORT_CHARS)}…` : text;
}

const SHORT_CHARS = 60;

/** Whether it names one thing or person alone. */
function isOne(whom: Json): boolean {
  return typeof whom === "string" ? whom !== "people" && whom !== "anything" : isPart(whom) && Object.hasOwn(whom, "entity");
}

function isPart(node: Json): node is JsonObject {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}

/** A sentence as it is read aloud. */
export function spoken(pieces: readonly Piece[], say: (piece: Field) => string): string {
  const said = pieces.map((piece) => (piece.is === "words" ? piece.words : piece.is === "field" ? say(piece) : ""));
  return said.filter((each) => each !== "").join(" ");
}
