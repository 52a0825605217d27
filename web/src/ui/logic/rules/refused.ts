/** Where in the rules the room found what it refuses: `rules[2].then[0]: …`. Pure. */

/** What is wrong, and of which rule and step. */
export interface Refused {
  readonly rule: number | undefined;
  readonly step: number | undefined;
  /** The part within the rule, as the room writes it, such as `if[1].not`. */
  readonly part: string;
  readonly words: string;
}

const WHERE = /\brules?\[(\d+)\](?:\.?([\w.[\]]+))?:?\s*/;
const STEP = /^then\[(\d+)\]/;

/** Reads the detail of a refusal; without a place it is about all the rules. */
export function readRefused(detail: string): Refused {
  const found = WHERE.exec(detail);
  if (found === null) return { rule: undefined, step: undefined, part: "", words: sentence(detail) };
  const part = (found[2] ?? "").replace(/[.:]$/, "");
  const step = STEP.exec(part)?.[1];
  return {
    rule: Number(found[1]),
    step: step === undefined ? undefined : Number(step),
    part,
    words: sentence(detail.slice(found.index + found[0].length)),
  };
}

/** What a rule's error says above its sentence: which part, and what of it. */
export function refusedWords({ part, words }: Refused): string {
  if (part.startsWith("when")) return `When: ${words}`;
  if (part.startsWith("if")) return `If: ${words}`;
  const step = STEP.exec(part)?.[1];
  return step === undefined ? words : `Step ${Number(step) + 1}: ${words}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "This cannot be read.";
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
