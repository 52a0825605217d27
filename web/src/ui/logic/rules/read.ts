/** The `rules` component as a list of rules, however it was written, and a rule changed without losing what else it says. Pure. */
import { type Json, type JsonObject, isObject, number, text } from "../../../core/json";
import { withKey } from "./sentence";

/** As many one thing may have. */
export const RULES_MAX = 64;
/** As many steps one rule may have. */
export const STEPS_MAX = 32;

/** The rules of a thing: what is no list is one rule that cannot be read, and is kept. */
export function rulesOf(component: Json | undefined): readonly Json[] {
  if (component === undefined || component === null) return [];
  return Array.isArray(component) ? (component as readonly Json[]) : [component];
}

/** What a rule is called by its author or by its place. */
export function ruleName(rule: Json, index: number): string {
  const name = isObject(rule) ? text(rule["name"])?.trim() : undefined;
  return name === undefined || name === "" ? `rule ${index + 1}` : name;
}

/** A name that no rule of the list has yet. */
export function freeName(rules: readonly Json[], wanted: string): string {
  const taken = new Set(rules.map(ruleName));
  for (let count = 2; ; count += 1) {
    const name = count === 2 && !taken.has(wanted) ? wanted : `${wanted} ${count}`;
    if (!taken.has(name)) return name;
  }
}

/** The steps of a rule. */
export function stepsOf(rule: JsonObject): readonly Json[] {
  const then = rule["then"];
  return Array.isArray(then) ? (then as readonly Json[]) : then === undefined ? [] : [then];
}

/** What a rule says besides when, if and then. */
export interface Besides {
  readonly enabled: boolean;
  readonly once: boolean;
  readonly cooldown_ms: number;
  readonly chance: number;
}

export function besidesOf(rule: JsonObject): Besides {
  return {
    enabled: rule["enabled"] !== false,
    once: rule["once"] === true,
    cooldown_ms: number(rule["cooldown_ms"]) ?? 0,
    chance: number(rule["chance"]) ?? 1,
  };
}

/** A rule with one of these changed; what is as usual is not written. */
export function withBesides<K extends keyof Besides>(rule: JsonObject, key: K, value: Besides[K]): JsonObject {
  const usual: Besides = { enabled: true, once: false, cooldown_ms: 0, chance: 1 };
  return withKey(rule, key, value === usual[key] ? undefined : value);
}

/** A new rule, which says something at once. */
export function newRule(rules: readonly Json[]): JsonObject {
  return { name: freeName(rules, "new rule"), when: { used: "self" }, then: [{ do: "hud", text: "Hello, {actor}!" }] };
}
