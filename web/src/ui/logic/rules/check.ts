/**
 * Whether a rule is one, by `docs/rules.md`: said while it is written as JSON, before the room is asked, whose word counts.
 * Pure.
 */
import { type Json, type JsonObject, isObject, number, numbers } from "../../../core/json";
import { COMPARISONS } from "./comparisons";
import { RULES_MAX, STEPS_MAX } from "./read";
import { readWhom } from "./whom";

/** What is wrong, and where within the rule. */
export interface Finding {
  readonly part: string;
  readonly words: string;
}

type Check = (value: Json, part: string) => readonly Finding[];
/** Members of a part; a name that ends in `?` may be missing. */
type Shape = { readonly [key: string]: Check };

const DAY_MS = 86_400_000;
const CONDITIONS_MAX = 32;
const DEPTH_MAX = 8;

const wrong = (part: string, words: string): readonly Finding[] => [{ part, words }];
const check = (holds: (value: Json) => boolean, words: string): Check => (value, part) => (holds(value) ? [] : wrong(part, words));

const anything: Check = () => [];
const isText = check((value) => typeof value === "string", "needs a text");
const isName = check((value) => typeof value === "string" && /^[a-z0-9_]{1,64}$/.test(value), "needs a name of a to z, 0 to 9 and _");
const isFlag = check((value) => typeof value === "boolean", "needs true or false");
const isNumber = check((value) => number(value) !== undefined, "needs a number");
const between = (min: number, max: number): Check =>
  check((value) => (number(value) ?? Number.NaN) >= min && (number(value) ?? Number.NaN) <= max, `needs a number from ${min} to ${max}`);
const oneOf = (...known: readonly Json[]): Check => check((value) => known.includes(value), `needs one of ${known.join(", ")}`);
const isComponents = check((value) => isObject(value) && Object.keys(value).length > 0, "needs components by name");
const isList = check((value) => Array.isArray(value) && value.length > 0, "needs a list of names");

function whom(...words: readonly string[]): Check {
  return check((value) => {
    const read = readWhom(value);
    if (read.is === "word") return words.includes(read.word);
    if (read.is === "tag") return words.includes("tag");
    return read.is === "team" ? words.includes("team") : read.is === "entity";
  }, `needs one of ${words.join(", ")} or {"entity": …}`);
}

const isOne = whom("self", "actor", "target", "game");
const several = whom("self", "actor", "target", "game", "people", "tag");
const anyone = whom("self", "actor", "target", "game", "people", "tag", "anything");
const audience = whom("all", "actor", "people", "tag", "team", "self", "target", "game", "anything");
const isPlace: Check = (value, part) => (numbers(value, 3) === undefined ? isOne(value, part) : []);

/** All members are known and of their kind, and none is missing. */
function shaped(node: Json, shape: Shape, part: string): readonly Finding[] {
  if (!isObject(node)) return wrong(part, "needs an object");
  const at = (key: string): string => (part === "" ? key : `${part}.${key}`);
  const known = (key: string): Check | undefined => shape[key] ?? shape[`${key}?`];
  const found = Object.entries(node).flatMap(([key, value]) => known(key)?.(value, at(key)) ?? wrong(at(key), "is not known here"));
  const missing = Object.keys(shape).filter((key) => !key.endsWith("?") && !Object.hasOwn(node, key));
  return [...found, ...missing.map((key): Finding => ({ part: at(key), words: "is missing" }))];
}

const compared: Shape = { "equals?": anything, "differs?": anything, "at_least?": isNumber, "at_most?": isNumber, "above?": isNumber, "below?": isNumber, "includes?": anything, "exists?": isFlag };

function comparison(node: Json, part: string): readonly Finding[] {
  const count = isObject(node) ? COMPARISONS.filter((each) => Object.hasOwn(node, each)).length : 0;
  return count === 1 ? [] : wrong(part, count === 0 ? `needs one of ${COMPARISONS.join(", ")}` : "compares twice");
}

const near = between(0.1, 50);
/** By the member that says what sets a rule off. */
const WHENS: { readonly [key: string]: Shape } = {
  event: { event: isText, "actor?": anyone, "target?": anyone },
  used: { used: anyone, "actor?": anyone },
  triggered: { triggered: anyone, "actor?": anyone },
  collected: { collected: anyone, "actor?": anyone },
  entered: { entered: isOne, "within_m?": near, "who?": anyone },
  left: { left: isOne, "within_m?": near, "who?": anyone },
  component: { component: isName, "of?": anyone, "field?": isText, ...compared },
  every_ms: { every_ms: between(100, DAY_MS) },
  after_ms: { after_ms: between(0, DAY_MS) },
  room: { room: oneOf("started", "emptied") },
};

function checkWhen(node: Json, part: string): readonly Finding[] {
  const key = isObject(node) ? Object.keys(WHENS).find((each) => Object.hasOwn(node, each)) : undefined;
  if (key === undefined) return wrong(part, `needs one of ${Object.keys(WHENS).join(", ")}`);
  return [...shaped(node, WHENS[key] ?? {}, part), ...(key === "component" ? comparison(node, part) : [])];
}

const CONDITIONS: { readonly [key: string]: Shape } = {
  component: { "of?": isOne, component: isName, "field?": isText, ...compared },
  has: { "of?": isOne, has: isText, "at_least?": isNumber },
  count: { count: several, "within_m?": near, "from?": isOne, ...compared },
  within_m: { "of?": isOne, within_m: near, "from?": isOne },
  is: { "of?": isOne, is: anyone },
};

function checkCondition(node: Json, part: string, depth: number): readonly Finding[] {
  if (depth > DEPTH_MAX) return wrong(part, `is more than ${DEPTH_MAX} deep`);
  if (isObject(node) && Object.hasOwn(node, "not")) return [...shaped(node, { not: anything }, part), ...checkCondition(node["not"] ?? null, `${part}.not`, depth + 1)];
  for (const join of ["all", "any"]) {
    if (!isObject(node) || !Object.hasOwn(node, join)) continue;
    return [...shaped(node, { [join]: isConditions }, part), ...checkConditions(node[join] ?? null, `${part}.${join}`, depth + 1)];
  }
  const key = isObject(node) ? Object.keys(CONDITIONS).find((each) => Object.hasOwn(node, each)) : undefined;
  if (key === undefined) return wrong(part, `needs all, any, not or one of ${Object.keys(CONDITIONS).join(", ")}`);
  const compares = key === "component" || key === "count";
  return [...shaped(node, CONDITIONS[key] ?? {}, part), ...(compares ? comparison(node, part) : [])];
}

const isConditions = check((value) => Array.isArray(value), "needs a list of conditions");

function checkConditions(node: Json, part: string, depth: number): readonly Finding[] {
  if (!Array.isArray(node)) return checkCondition(node, part, depth);
  return (node as readonly Json[]).flatMap((each, index) => checkCondition(each, `${part}[${index}]`, depth));
}

/** How many single conditions there are in all. */
function countConditions(node: Json): number {
  if (Array.isArray(node)) return (node as readonly Json[]).reduce<number>((sum, each) => sum + countConditions(each), 0);
  if (!isObject(node)) return 1;
  const inside = node["all"] ?? node["any"] ?? node["not"];
  return inside === undefined ? 1 : countConditions(inside);
}

const ON: Shape = { "on?": several };
const OP: Shape = { components: isComponents, ...ON };
const motion: Check = (value, part) => shaped(value, { "position?": vector(3), "rotation?": turn, "scale?": vector(3) }, part);
const vector = (count: number): Check => check((value) => numbers(value, count) !== undefined, `needs ${count} numbers`);
const turn: Check = (value, part) => (numbers(value, 3) === undefined ? vector(4)(value, part) : []);
const isAmount = between(0, 1e9);
const STEPS: { readonly [verb: string]: Shape } = {
  set: OP, merge: OP, inc: OP, dec: OP, inc_max: OP, dec_min: OP,
  unset: { names: isList, ...ON },
  push: { component: isName, value: anything, ...ON },
  index_set: { component: isName, index: isNumber, value: anything, ...ON },
  pop: { component: isName, ...ON },
  create: { components: isComponents },
  delete: ON,
  animate: { "to?": motion, "by?": motion, duration_ms: between(0, DAY_MS), "ease?": oneOf("linear", "smooth"), ...ON },
  spawn: { from: isOne, "at?": isPlace, "components?": isComponents, "ttl_ms?": between(1, DAY_MS), "keep_while?": isOne },
  teleport: { to: isPlace, ...ON },
  give: { item: isText, "amount?": isAmount, ...ON },
  take: { item: isText, "amount?": isAmount, ...ON },
  damage: { amount: isAmount, ...ON },
  heal: { amount: isAmount, ...ON },
  open: ON, close: ON, collect: ON, waves: ON,
  emit: { event: isText, "payload?": anything, "to?": audience },
  hud: { text: isText, "to?": audience, "seconds?": between(0.5, 60) },
  sound: { sound: isText, "to?": audience, ...ON },
  win: { "text?": isText }, lose: { "text?": isText },
  act: { command: isName, "payload?": anything },
  reset: {},
};

function checkStep(node: Json, part: string): readonly Finding[] {
  const verb = isObject(node) ? node["do"] : undefined;
  const shape = typeof verb === "string" && Object.hasOwn(STEPS, verb) ? STEPS[verb] : undefined;
  if (shape === undefined) return wrong(part, `needs a "do" that is one of ${Object.keys(STEPS).join(", ")}`);
  const ways = verb === "animate" && isObject(node) ? Number(Object.hasOwn(node, "to")) + Number(Object.hasOwn(node, "by")) : 1;
  const way = ways === 1 ? [] : wrong(part, "needs either to or by");
  return [...shaped(node, { ...shape, ...ON, do: anything, "delay_ms?": between(50, DAY_MS) }, part), ...way];
}

const RULE: Shape = {
  "name?": check((value) => typeof value === "string" && value.length > 0 && [...value].length <= 64, "needs 1 to 64 characters"),
  when: checkWhen,
  "if?": (value, part) => [
    ...checkConditions(value, part, 1),
    ...(countConditions(value) > CONDITIONS_MAX ? wrong(part, `has more than ${CONDITIONS_MAX} conditions`) : []),
  ],
  then: (value, part) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > STEPS_MAX) return wrong(part, `needs a list of 1 to ${STEPS_MAX} steps`);
    return (value as readonly Json[]).flatMap((each, index) => checkStep(each, `${part}[${index}]`));
  },
  "once?": isFlag,
  "cooldown_ms?": between(0, DAY_MS),
  "chance?": between(0, 1),
  "enabled?": isFlag,
};

/** What is wrong with one rule; nothing where it can be read. */
export function checkRule(rule: Json): readonly Finding[] {
  return shaped(rule, RULE, "");
}

/** What is wrong with all rules of a thing. */
export function checkRules(rules: readonly Json[]): readonly Finding[] {
  const names = rules.map((rule) => (isObject(rule) ? (rule as JsonObject)["name"] : undefined)).filter((name) => name !== undefined);
  return [
    ...rules.flatMap((rule, index) => checkRule(rule).map(({ part, words }): Finding => ({ part: `rules[${index}].${part}`, words }))),
    ...(rules.length > RULES_MAX ? wrong("rules", `are more than ${RULES_MAX}`) : []),
    ...(new Set(names).size < names.length ? wrong("rules", "have the same name twice") : []),
  ];
}

/** A finding in one line. */
export function findingWords({ part, words }: Finding): string {
  return part === "" ? `This ${words}.` : `${part} ${words}.`;
}
