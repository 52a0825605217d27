/** What sets a rule off, in words. Pure. */
import type { JsonObject } from "../../../core/json";
import { comparisonPieces } from "./comparisons";
import { type Control, type Form, type Piece, field, metres, seconds, word, words } from "./sentence";
import { kindOf } from "./values";

const ONE: Control = { as: "whom", among: "one" };
const ANYTHING: Control = { as: "whom", among: "anything" };
const PEOPLE_WORDS = "somebody";
const COMINGS = "People come and go";
const DOINGS = "People do something";
const TIMES = "Time passes";
const ROOM = "In the room";

const has = (key: string) => (node: JsonObject): boolean => Object.hasOwn(node, key);
const both = (key: string, other: string) => (node: JsonObject): boolean => Object.hasOwn(node, key) && Object.hasOwn(node, other);

/** Somebody comes to something or leaves it, with how near where it is by distance. */
function coming(key: "entered" | "left", near: boolean, said: string, beside: string): Form {
  const distance = (node: JsonObject): readonly Piece[] => (near ? [words(beside), field(node, "within_m", "How near", metres(0.1, 50))] : []);
  return {
    id: near ? `${key}_within` : key,
    words: said,
    group: COMINGS,
    keys: near ? [key, "who", "within_m"] : [key, "who"],
    subject: key,
    made: near ? { [key]: "self", within_m: 3 } : { [key]: "self" },
    fits: near ? both(key, "within_m") : has(key),
    say: (node, verb) => [field(node, "who", "Who", WHO, PEOPLE_WORDS), verb, field(node, key, "Which thing", ONE), ...distance(node)],
  };
}

const WHO: Control = { as: "whom", among: "somebody" };

/** Somebody does something to a thing. */
function doing(key: "used" | "triggered" | "collected", said: string): Form {
  return {
    id: key,
    words: said,
    group: DOINGS,
    keys: [key, "actor"],
    subject: key,
    several: true,
    made: { [key]: "self" },
    fits: has(key),
    say: (node, verb) => [field(node, "actor", "Who", ANYTHING, PEOPLE_WORDS), verb, field(node, key, "Which thing", ANYTHING)],
  };
}

const EVENT: Form = {
  id: "event",
  words: "this is told:",
  group: ROOM,
  keys: ["event", "actor", "target"],
  made: { event: "my_event" },
  fits: has("event"),
  say: (node, verb) => [
    verb,
    field(node, "event", "Event", { as: "name", of: "event" }),
    words("by"),
    field(node, "actor", "By whom", ANYTHING, "whoever"),
    words("about"),
    field(node, "target", "About what", ANYTHING, "whatever"),
  ],
};

const COMPONENT: Form = {
  id: "component",
  words: "it becomes so that",
  group: ROOM,
  keys: ["component", "of", "field", "equals", "differs", "at_least", "at_most", "above", "below", "includes", "exists"],
  subject: "of",
  several: true,
  made: { component: "score", of: "people", at_least: 10 },
  fits: has("component"),
  say: (node, verb) => [
    verb,
    field(node, "component", "Component", { as: "name", of: "component" }),
    ...(node["field"] === undefined ? [] : [words("at"), field(node, "field", "Part of it", { as: "name", of: "field" }, "the whole")]),
    words("of"),
    field(node, "of", "Of whom", ANYTHING, "this thing"),
    ...comparisonPieces(node, node["field"] === undefined ? kindOf(node["component"]) : { is: "any" }),
  ],
};

/** All of them, in the order in which they are offered. */
export const WHENS: readonly Form[] = [
  coming("entered", true, "comes near", "within"),
  coming("entered", false, "comes into", ""),
  coming("left", true, "goes away from", "beyond"),
  coming("left", false, "goes out of", ""),
  doing("used", "uses"),
  doing("triggered", "pulls the trigger of"),
  doing("collected", "collects"),
  {
    id: "every",
    words: "it is time, every",
    group: TIMES,
    keys: ["every_ms"],
    made: { every_ms: 5_000 },
    fits: has("every_ms"),
    say: (node, verb) => [verb, field(node, "every_ms", "How often", seconds(100))],
  },
  {
    id: "after",
    words: "these rules have run for",
    group: TIMES,
    keys: ["after_ms"],
    made: { after_ms: 10_000 },
    fits: has("after_ms"),
    say: (node, verb) => [verb, field(node, "after_ms", "How long", seconds(0))],
  },
  {
    id: "room",
    words: "this happens:",
    group: ROOM,
    keys: ["room"],
    made: { room: "started" },
    fits: has("room"),
    say: (node, verb) => [verb, field(node, "room", "What happens", word(["started", "the room wakes up"], ["emptied", "the last person leaves"]))],
  },
  COMPONENT,
  EVENT,
];
