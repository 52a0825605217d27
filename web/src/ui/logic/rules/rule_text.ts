/** A whole rule as a sentence to read: what is bold can be changed. Pure. */
import { type Json, isObject, number } from "../../../core/json";
import { formatNumber } from "../numbers";
import { CONDITIONS, groupOf, listedConditions } from "./conditions";
import { stepsOf } from "./read";
import { type Form, type Piece, sentenceOf } from "./sentence";
import { STEPS, STEP_KEPT, waitOf } from "./steps";
import { WHENS } from "./whens";
import { fieldWords } from "./words";

export interface TextPart {
  readonly words: string;
  readonly strong: boolean;
}

type NameOf = (entity: string) => string | undefined;

/** The parts of the sentence, in order. */
export function ruleText(rule: Json, nameOf: NameOf): readonly TextPart[] {
  if (!isObject(rule)) return [plain("This is no rule.")];
  const said = (forms: readonly Form[], node: Json): readonly TextPart[] => textOf(sentenceOf(forms, node, "", STEP_KEPT).pieces, nameOf);
  const conditions = listedConditions(rule["if"]).flatMap((node, index) => [plain(index === 0 ? "and if" : "and"), ...conditionText(node, nameOf)]);
  const steps = stepsOf(rule).flatMap((node, index) => [...stepLead(index, waitOf(node)), ...said(STEPS, node)]);
  return closed([plain("When"), ...said(WHENS, rule["when"] ?? null), ...conditions, ...steps]);
}

function stepLead(index: number, wait: Json): readonly TextPart[] {
  const lead = plain(index === 0 ? ", then" : ";");
  if (wait === null) return [lead];
  const wait_ms = number(wait);
  return [lead, { words: wait_ms === undefined ? String(wait) : `${formatNumber(wait_ms / 1_000)} s later`, strong: true }];
}

function conditionText(node: Json, nameOf: NameOf): readonly TextPart[] {
  const group = groupOf(node);
  if (group === undefined) return textOf(sentenceOf(CONDITIONS, node, "").pieces, nameOf);
  const join = group.join === "any" ? "or" : "and";
  const inside = group.parts.flatMap((part, index) => [...(index > 0 ? [plain(join)] : []), ...conditionText(part, nameOf)]);
  return [plain(group.join === "not" ? "not (" : "("), ...inside, plain(")")];
}

function textOf(pieces: readonly Piece[], nameOf: NameOf): readonly TextPart[] {
  return pieces.flatMap((piece): readonly TextPart[] => {
    if (piece.is === "act") return [];
    return piece.is === "words" ? [plain(piece.words)] : [{ words: fieldWords(piece, nameOf), strong: piece.value !== undefined }];
  });
}

/** Marks stand at the word before them. */
function closed(parts: readonly TextPart[]): readonly TextPart[] {
  const joined: TextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const mark = /^[,;)’]/.exec(part.words);
    if (mark === null || last === undefined) joined.push(part);
    else joined.splice(-1, 1, { ...last, words: last.words + mark[0] }, ...rest(part));
  }
  return joined;
}

function rest(part: TextPart): readonly TextPart[] {
  const words = part.words.slice(1).trim();
  return words === "" ? [] : [{ ...part, words }];
}

function plain(words: string): TextPart {
  return { words, strong: false };
}
