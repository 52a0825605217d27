/** Whom a rule means: this thing, who did it, everyone, things of a tag, one by name. Pure. */
import { type Json, isObject, numbers, text } from "../../../core/json";

/** What a picker of somebody stands at. `unknown` is what only JSON says. */
export type Whom =
  | { readonly is: "word"; readonly word: WhomWord }
  | { readonly is: "tag" | "team"; readonly name: string }
  | { readonly is: "entity"; readonly entity: string }
  | { readonly is: "spot"; readonly at: readonly number[] }
  | { readonly is: "unknown" };

export type WhomWord = "self" | "actor" | "target" | "game" | "people" | "anything" | "all";

export const WHOM_WORDS: { readonly [word in WhomWord]: string } = {
  self: "this thing",
  actor: "who did it",
  target: "what it was done to",
  game: "the game",
  people: "everyone inside",
  anything: "anything",
  all: "everyone",
};

/** Where one of many is meant, whoever it is. */
export const ONE_OF_WORDS: { readonly [word in WhomWord]: string } = { ...WHOM_WORDS, people: "anybody inside" };

/** What several may be to a rule: all of them, or one of them. */
export type Among = "place" | "audience" | "one" | "several" | "somebody" | "anything";

/** Whether a picker means one of many. */
export const isOneOf = (among: Among): boolean => among === "somebody" || among === "anything";

/** Reads whom somebody wrote. */
export function readWhom(value: Json | undefined): Whom {
  const word = text(value);
  if (word !== undefined) return Object.hasOwn(WHOM_WORDS, word) ? { is: "word", word: word as WhomWord } : { is: "unknown" };
  const at = numbers(value, 3);
  if (at !== undefined) return { is: "spot", at };
  if (!isObject(value) || Object.keys(value).length !== 1) return { is: "unknown" };
  const [kind, name] = Object.entries(value)[0] ?? ["", undefined];
  if (typeof name !== "string") return { is: "unknown" };
  if (kind === "tag" || kind === "team") return { is: kind, name };
  return kind === "entity" ? { is: "entity", entity: name } : { is: "unknown" };
}

/** As it is written. */
export function writeWhom(whom: Exclude<Whom, { is: "unknown" }>): Json {
  switch (whom.is) {
    case "word":
      return whom.word;
    case "tag":
    case "team":
      return { [whom.is]: whom.name };
    case "entity":
      return { entity: whom.entity };
    case "spot":
      return [...whom.at];
  }
}

/** Whom a picker offers by one word. */
export function offeredWords(among: Among): readonly WhomWord[] {
  const one: readonly WhomWord[] = ["self", "actor", "target", "game"];
  switch (among) {
    case "audience":
      return ["all", "actor", "people"];
    case "several":
    case "somebody":
      return [...one, "people"];
    case "anything":
      return [...one, "people", "anything"];
    default:
      return one;
  }
}

/** The same in words; `nameOf` knows things and people. */
export function whomWords(value: Json | undefined, nameOf: (entity: string) => string | undefined, one_of = false): string {
  const whom = readWhom(value);
  switch (whom.is) {
    case "word":
      return (one_of ? ONE_OF_WORDS : WHOM_WORDS)[whom.word];
    case "tag":
      return `${one_of ? "something" : "things"} tagged “${whom.name}”`;
    case "team":
      return `team “${whom.name}”`;
    case "entity":
      return nameOf(whom.entity) ?? `a thing that is gone (${whom.entity})`;
    case "spot":
      return whom.at.join(", ");
    case "unknown":
      return JSON.stringify(value ?? null);
  }
}
