/** A preset: a few questions, and the rules and components that the answers make of a thing. Pure. */
import { type Json, type JsonObject, member, number, numbers, text } from "../../../../core/json";
import type { IconName } from "../../../parts/icon_paths";

/** The thing that gets them. */
export interface PresetThing {
  readonly entity: string;
  readonly components: JsonObject;
}

export type Question =
  | { readonly key: string; readonly label: string; readonly as: "line"; readonly usual: string }
  | { readonly key: string; readonly label: string; readonly as: "number"; readonly unit: string; readonly min: number; readonly max: number; readonly usual: number }
  | { readonly key: string; readonly label: string; readonly as: "word"; readonly choices: readonly (readonly [string, string])[]; readonly usual: string }
  /** One thing of the room, other than itself. */
  | { readonly key: string; readonly label: string; readonly as: "thing" };

/** Answers by the questions' keys: texts, numbers, entities' ids. */
export interface Answers {
  readonly text: (key: string) => string;
  readonly number: (key: string) => number;
}

export interface Made {
  readonly rules: readonly JsonObject[];
  /** What the thing has besides. */
  readonly components?: JsonObject;
}

export interface Preset {
  readonly id: string;
  readonly words: string;
  readonly note: string;
  readonly icon: IconName;
  readonly questions: readonly Question[];
  readonly make: (thing: PresetThing, answers: Answers) => Made;
}

/** Reads answers, with what is usual where there is none. */
export function answersOf(questions: readonly Question[], given: { readonly [key: string]: Json | undefined }): Answers {
  const usual = (key: string): Json | undefined => {
    const question = questions.find((each) => each.key === key);
    return question === undefined || question.as === "thing" ? undefined : question.usual;
  };
  return {
    text: (key) => text(given[key])?.trim() || (text(usual(key)) ?? ""),
    number: (key) => number(given[key]) ?? number(usual(key)) ?? 0,
  };
}

/** Whether every question has its answer: a thing must be chosen, the rest has something usual. */
export function isAnswered(questions: readonly Question[], given: { readonly [key: string]: Json | undefined }): boolean {
  return questions.every(({ key, as }) => as !== "thing" || typeof given[key] === "string");
}

/** How high a thing is, metres: how far a door has to move out of the way. */
export function heightOf({ components }: PresetThing): number {
  const shape = components["shape"];
  const high = number(member(shape, "height")) ?? number(member(shape, "size")) ?? number(member(shape, "diameter")) ?? 2;
  const scale = numbers(components["scale"], 3)?.[1] ?? 1;
  return Math.round(Math.max(0.1, Math.abs(high * scale)) * 100) / 100;
}

/** A name as people say it: "red_key" is a red key. */
export function spokenName(name: string): string {
  return name.replaceAll("_", " ").trim();
}

/** A name as rules write it. */
export function writtenName(said: string): string {
  const plain = said.trim().toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 64) || "thing";
}

export const up = (by_m: number): JsonObject => ({ position: [0, by_m, 0] });

/** Several parts of rules, each of its own shape. */
export const parts = (...each: readonly JsonObject[]): readonly JsonObject[] => each;
