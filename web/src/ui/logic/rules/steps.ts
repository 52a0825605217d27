/** What a rule does, in words. Pure. */
import type { Json, JsonObject } from "../../../core/json";
import { motionPieces } from "./motions";
import { type PairWords, SET_PAIRS, pairPieces } from "./pairs";
import { type Control, type Form, type Piece, count, field, seconds, withKey, word, words } from "./sentence";
import { controlOfKind, kindOf } from "./values";

const THINGS = "With things";
const PEOPLE = "With people";
const TELLING = "Say and show";
const NUMBERS = "Count";
const LISTS = "Lists";
const ROOM = "The room";

const ONE: Control = { as: "whom", among: "one" };
const SEVERAL: Control = { as: "whom", among: "several" };
const COMPONENT: Control = { as: "name", of: "component" };
const ITEM: Control = { as: "name", of: "item" };
const BY = count("", -1e9, 1e9);
const AMOUNT = count("", 0, 1e9);
/** Texts on the screen are short. */
const LINE: Control = { as: "line", chars_max: 200 };

/** Every step may wait, and says what it does. */
export const STEP_KEPT: readonly string[] = ["delay_ms"];

type Say = (node: JsonObject, verb: Piece) => readonly Piece[];

function step(id: string, said: string, group: string, made: JsonObject, say: Say, others: readonly string[] = []): Form {
  return {
    id,
    words: said,
    group,
    keys: ["do", ...Object.keys(made), ...others],
    made: { do: id, ...made },
    fits: (node) => node["do"] === id,
    say,
  };
}

/** On whom: the thing itself where nothing is said. */
const on = (node: JsonObject, otherwise = "this thing"): Piece => field(node, "on", "On whom", SEVERAL, otherwise);

const ONE_TO_ADD: PairWords = { between: "by", value: () => 1 };
const WITH_BOUND = (said: string): PairWords => ({ between: "by", value: () => [1, 10], pieces: (_name, value) => boundPieces(value, said) });
const PARTS: PairWords = { between: "to", value: () => ({}) };

/** Of `[1, 10]`: how much, and up to what. */
function boundPieces(value: Json, said: string): readonly Piece[] {
  if (!Array.isArray(value) || value.length !== 2) return [{ is: "field", label: "How much and up to what", control: { as: "json" }, value, put: (next) => next ?? [1, 10] }];
  const [by, bound] = value as readonly Json[];
  return [
    { is: "field", label: "By how much", control: BY, value: by, put: (next) => [next ?? 1, bound ?? 0] },
    words(said),
    { is: "field", label: "Bound", control: BY, value: bound, put: (next) => [by ?? 1, next ?? 0] },
  ];
}

/** The components of a part, which may have none. */
function optionalPairs(node: JsonObject, said: string): readonly Piece[] {
  if (node["components"] !== undefined) return [words(said), ...pairPieces(node, "components", SET_PAIRS)];
  return [{ is: "act", icon: "plus", label: "Change the copy", words: "with changes", put: () => withKey(node, "components", { color: "#E4613F" }) }];
}

function optional(node: JsonObject, key: string, said: string, label: string, control: Control, first: Json): readonly Piece[] {
  if (node[key] === undefined) return [{ is: "act", icon: "plus", label, words: label, put: () => withKey(node, key, first) }];
  const gone: Piece = { is: "act", icon: "close", label: `Leave out: ${label.toLowerCase()}`, put: () => withKey(node, key, undefined) };
  return [words(said), field(node, key, label, control), gone];
}

const onThings: readonly Form[] = [
  step("animate", "move", THINGS, { by: { position: [0, 1, 0] }, duration_ms: 1_000 }, (node, verb) => [
    verb,
    on(node),
    ...motionPieces(node),
    words("in"),
    field(node, "duration_ms", "How long", seconds(0)),
    field(node, "ease", "How it moves", word(["linear", "evenly"], ["smooth", "smoothly"]), "evenly"),
  ], ["to", "on", "ease"]),
  step("set", "set", THINGS, { components: { color: "#E4613F" } }, (node, verb) => [verb, ...pairPieces(node, "components", SET_PAIRS), words("on"), on(node)], ["on"]),
  step("merge", "change parts of", THINGS, { components: { text: { value: "Hello" } } }, (node, verb) => [verb, ...pairPieces(node, "components", PARTS), words("on"), on(node)], ["on"]),
  step("unset", "take away", THINGS, { names: ["spin"] }, (node, verb) => [verb, field(node, "names", "Components", { as: "names" }), words("from"), on(node)], ["on"]),
  step("open", "open", THINGS, {}, (node, verb) => [verb, on(node)], ["on"]),
  step("close", "close", THINGS, {}, (node, verb) => [verb, on(node)], ["on"]),
  step("collect", "give who did it", THINGS, {}, (node, verb) => [verb, on(node), words("to keep")], ["on"]),
  step("waves", "let the waves come of", THINGS, {}, (node, verb) => [verb, on(node)], ["on"]),
  step("spawn", "put a copy of", THINGS, { from: "self", at: "self", ttl_ms: 20_000 }, (node, verb) => [
    verb,
    field(node, "from", "A copy of what", ONE),
    words("at"),
    field(node, "at", "Where", { as: "place" }, "its own place"),
    ...optional(node, "ttl_ms", "for", "How long it lasts", seconds(1), 20_000),
    ...optional(node, "keep_while", "as long as there is", "As long as what is there", ONE, "actor"),
    ...optionalPairs(node, "with"),
  ], ["components", "keep_while"]),
  step("create", "make a thing of", THINGS, { components: { shape: { kind: "box" }, position: [0, 1, 0] } }, (node, verb) => [verb, ...pairPieces(node, "components", SET_PAIRS)]),
  step("delete", "delete", THINGS, {}, (node, verb) => [verb, on(node)], ["on"]),
];

const onPeople: readonly Form[] = [
  step("give", "give", PEOPLE, { item: "red_key" }, giving("to"), ["amount", "on"]),
  step("take", "take", PEOPLE, { item: "red_key" }, giving("from"), ["amount", "on"]),
  step("teleport", "bring", PEOPLE, { to: "self" }, (node, verb) => [verb, on(node, "who did it"), words("to"), field(node, "to", "Where", { as: "place" })], ["on"]),
  step("damage", "hurt", PEOPLE, { amount: 10 }, hurting, ["on"]),
  step("heal", "heal", PEOPLE, { amount: 10 }, hurting, ["on"]),
];

function giving(side: string): Say {
  return (node, verb) => [
    verb,
    field(node, "amount", "How many", AMOUNT, "one"),
    field(node, "item", "Item", ITEM),
    words(side),
    on(node, "who did it"),
  ];
}

function hurting(node: JsonObject, verb: Piece): readonly Piece[] {
  return [verb, on(node, "who did it"), words("by"), field(node, "amount", "How much", AMOUNT)];
}

const telling: readonly Form[] = [
  step("hud", "say", TELLING, { text: "Hello, {actor}!" }, (node, verb) => [
    verb,
    field(node, "text", "Text", LINE),
    words("to"),
    field(node, "to", "To whom", { as: "audience" }, "who did it"),
    words("for"),
    field(node, "seconds", "How long", count("s", 0.5, 60), "4 s"),
  ], ["to", "seconds"]),
  step("sound", "play", TELLING, { sound: "ding" }, (node, verb) => [
    verb,
    field(node, "sound", "Sound", { as: "name", of: "sound" }),
    words("to"),
    field(node, "to", "To whom", { as: "audience" }, "everyone"),
    words("at"),
    on(node),
  ], ["to", "on"]),
  step("emit", "tell the room", TELLING, { event: "my_event" }, (node, verb) => [
    verb,
    field(node, "event", "Event", { as: "name", of: "event" }),
    ...optional(node, "payload", "with", "What it says", { as: "json" }, {}),
    ...optional(node, "to", "to", "To whom", { as: "audience" }, "all"),
  ], ["payload", "to"]),
];

const counting: readonly Form[] = [
  step("inc", "raise", NUMBERS, { components: { score: 1 } }, (node, verb) => [verb, ...pairPieces(node, "components", ONE_TO_ADD), words("of"), on(node)], ["on"]),
  step("dec", "lower", NUMBERS, { components: { score: 1 } }, (node, verb) => [verb, ...pairPieces(node, "components", ONE_TO_ADD), words("of"), on(node)], ["on"]),
  step("inc_max", "raise, but not above a bound,", NUMBERS, { components: { score: [1, 10] } }, (node, verb) => [verb, ...pairPieces(node, "components", WITH_BOUND("up to")), words("of"), on(node)], ["on"]),
  step("dec_min", "lower, but not below a bound,", NUMBERS, { components: { score: [1, 0] } }, (node, verb) => [verb, ...pairPieces(node, "components", WITH_BOUND("down to")), words("of"), on(node)], ["on"]),
];

const listed = (node: JsonObject): readonly Piece[] => [field(node, "component", "List", COMPONENT), words("of"), on(node)];

const lists: readonly Form[] = [
  step("push", "append", LISTS, { component: "my_list", value: "something" }, (node, verb) => [verb, valueField(node), words("to the list"), ...listed(node)], ["on"]),
  step("pop", "drop the last of the list", LISTS, { component: "my_list" }, (node, verb) => [verb, ...listed(node)], ["on"]),
  step("index_set", "put into a list", LISTS, { component: "my_list", index: 0, value: "something" }, (node, verb) => [
    verb,
    valueField(node),
    words("at place"),
    field(node, "index", "Place in the list", count("", 0, 4_096)),
    words("of"),
    ...listed(node),
  ], ["on"]),
];

function valueField(node: JsonObject): Piece {
  return field(node, "value", "Value", controlOfKind(kindOf(undefined), node["value"]));
}

const won = (node: JsonObject, verb: Piece): readonly Piece[] => [verb, ...optional(node, "text", "saying", "Text", LINE, "Well done!")];

const room: readonly Form[] = [
  step("win", "the game is won", ROOM, {}, won, ["text"]),
  step("lose", "the game is lost", ROOM, {}, won, ["text"]),
  step("reset", "make the room as it was made", ROOM, {}, (_node, verb) => [verb]),
  step("act", "do as builders do:", ROOM, { command: "duplicate_entity", payload: { entity: "{self.id}" } }, (node, verb) => [
    verb,
    field(node, "command", "Command", { as: "name", of: "command" }),
    ...optional(node, "payload", "with", "What it needs", { as: "json" }, {}),
  ]),
];

/** All of them, in the order in which they are offered. */
export const STEPS: readonly Form[] = [...onThings, ...onPeople, ...telling, ...counting, ...lists, ...room];

/** What a new step does. */
export const NEW_STEP: JsonObject = { do: "hud", text: "Hello, {actor}!" };

/** How long a step waits after those before it, milliseconds; null where it does not. */
export function waitOf(node: Json): Json {
  return typeof node === "object" && node !== null && !Array.isArray(node) ? ((node as JsonObject)["delay_ms"] ?? null) : null;
}
