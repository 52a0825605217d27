/**
 * Text as people write it: in one spelling, without what nobody sees or what turns others about, counted and cut by what
 * people take for a letter. Pure.
 *
 * The room spells what it keeps by the same rules (`crates/room/src/text.rs`); here they count what will be kept, and guard
 * what is drawn of things that came in otherwise.
 */
import type { Json, JsonObject } from "./json";

/** Marks on one letter, in a row: more than any script needs; further ones are left out, or one letter would cover a page. */
const MARKS_MAX = 6;

const HALVES = /\p{Surrogate}/gu;
const LINE_ENDS = /[\u2028\u2029]/g;
/** What has no picture or turns the text about; joiners stay, without which many scripts and emoji cannot be written. */
const UNSEEN =
  /[\u00AD\u061C\u115F\u1160\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E001F}]/gu;
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, "gu");
/** Tags mean something behind the black flag only: the flag of a country within a country. */
const TAGS = /(\u{1F3F4}?)([\u{E0020}-\u{E007F}]+)/gu;
/** What leaves nothing on the page by itself. */
const SEEN = /[^\s\p{M}\u200C\u200D\u2800]/u;
/** Letters that are read from right to left: Hebrew to Arabic, their presentation forms, the further planes. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const [ISOLATE, ISOLATE_END] = ["\u2068", "\u2069"];

/** A text without half characters: with one, no message could be read at the other end. */
export function wellFormed(text: string): string {
  return text.replace(HALVES, "\uFFFD");
}

/** The same of everything in a payload, names of members included. */
export function wellFormedJson(payload: JsonObject): JsonObject {
  const entries = Object.entries(payload).map(([name, value]): [string, Json] => [wellFormed(name), wellFormedValue(value)]);
  return Object.fromEntries(entries);
}

function wellFormedValue(value: Json): Json {
  if (typeof value === "string") return wellFormed(value);
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? (value as readonly Json[]).map(wellFormedValue) : wellFormedJson(value as JsonObject);
}

/** A text as the room keeps it. */
export function spelt(text: string): string {
  return shown(wellFormed(text).trim().normalize("NFC")).trim();
}

/** A text as it may be drawn: nothing in it reaches beyond its place or turns what stands beside it about. */
export function shown(text: string): string {
  return text
    .replace(LINE_ENDS, "\n")
    .replace(UNSEEN, "")
    .replace(TAGS, (_, flag: string, tags: string) => (flag === "" ? "" : flag + tags))
    .replace(TOO_MANY_MARKS, "$1");
}

/** Whether anything of a text is seen. */
export function isSeen(text: string): boolean {
  return SEEN.test(spelt(text));
}

/** How many characters the room counts. */
export function characterCount(text: string): number {
  return [...spelt(text)].length;
}

/** A name in the midst of other words: one that is read from right to left keeps its own order and leaves theirs. */
export function isolated(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `${ISOLATE}${name}${ISOLATE_END}` : name;
}

/** What people take for letters: an accent stays with its letter, a family of emoji together. */
export function letters(text: string): readonly string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** A text as it is looked for: whatever its case, accents and spelling. */
export function folded(text: string): string {
  return spelt(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const SEGMENTER = new Intl.Segmenter();
