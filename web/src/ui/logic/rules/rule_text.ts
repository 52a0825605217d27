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
  /** What stands before it: a space, unless it is a mark or follows a bracket. */
  readonly before: "" | " ";
}

type Said = Omit<TextPart, "before">;

type NameOf = (entity: string) => string | undefined;

/** The parts of the sentence, in order. */
export function ruleText(rule: Json, nameOf: NameOf): readonly TextPart[] {
  if (!isObject(rule)) return spaced([plain("This is no rule.")]);
  const said = (forms: readonly Form[], node: Json): readonly Said[] => textOf(sentenceOf(forms, node, "", STEP_KEPT).pieces, nameOf);
  const conditions = listedConditions(rule["if"]).flatMap((node, index) => [plain(index === 0 ? "and if" : "and"), ...conditionText(node, nameOf)]);
  const steps = stepsOf(rule).flatMap((node, index) => [...stepLead(index, waitOf(node)), ...said(STEPS, node)]);
  return spaced([plain("When"), ...said(WHENS, rule["when"] ?? null), ...conditions, ...steps, plain(".")]);
}

function stepLead(index: number, wait: Json): readonly Said[] {
  const lead = plain(index === 0 ? ", then" : ";");
  if (wait === null) return [lead];
  const wait_ms = number(wait);
  return [lead, { words: wait_ms === undefined ? String(wait) : `${formatNumber(wait_ms / 1_000)} s later`, strong: true }];
}

function conditionText(node: Json, nameOf: NameOf): readonly Said[] {
  const group = groupOf(node);
  if (group === undefined) return textOf(sentenceOf(CONDITIONS, node, "").pieces, nameOf);
  const join = group.join === "any" ? "or" : "and";
  // What is denied and a group has its brackets already.
  if (group.join === "not" && groupOf(group.parts[0] ?? null) !== undefined) return [plain("not"), ...conditionText(group.parts[0] ?? null, nameOf)];
  const inside = group.parts.flatMap((part, index) => [...(index > 0 ? [plain(join)] : []), ...conditionText(part, nameOf)]);
  return [plain(group.join === "not" ? "not (" : "("), ...inside, plain(")")];
}

function textOf(pieces: readonly Piece[], nameOf: NameOf): readonly Said[] {
  return pieces.flatMap((piece): readonly Said[] => {
    if (piece.is === "act") return [];
    return piece.is === "words" ? [plain(piece.words)] : [{ words: fieldWords(piece, nameOf), strong: piece.value !== undefined }];
  });
}

/** Marks stand at the word before them. */
function spaced(parts: readonly Said[]): readonly TextPart[] {
  return parts.map((part, index) => {
    const close = index === 0 || /^[.,;)’]/.test(part.words) || parts[index - 1]?.words.endsWith("(") === true;
    return { ...part, before: close ? "" : " " };
  });
}

function plain(words: string): Said {
  return { words, strong: false };
}
