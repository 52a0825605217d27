/** How chat lines stand together, and how long they may be. Pure. */
import { sameAudience } from "../../core/audience";
import type { ChatLine } from "../../core/chat";
import { SAY_CHARS_MAX } from "../../core/generated";
import { type Relations, isHidden } from "../../core/rights";
import { characterCount, isolated, letters } from "../../core/writing";

/** From here on the remaining characters are counted down. */
const COUNT_FROM = 900;
/** Characters of a line that are shown while the chat is closed; the rest is in the chat. */
export const OVERHEARD_CHARS_MAX = 120;
/** Lines of one person within this time need no second name, milliseconds. */
const TOGETHER_MS = 5 * 60 * 1000;

/** A line and whether a name and a time stand above it. */
export interface ListedLine {
  readonly line: ChatLine;
  readonly headed: boolean;
  readonly key: string;
}

/** The lines of those whom one meets, in order, with a heading where the person changes or time has passed. */
export function listedLines(lines: readonly ChatLine[], relations: Relations): readonly ListedLine[] {
  const counts = new Map<string, number>();
  const shown = lines.filter((line) => !isHidden(relations, line.user_id));
  return shown.map((line, index) => {
    const before = shown[index - 1];
    const same = before?.user_id === line.user_id && before.nickname === line.nickname && sameAudience(before.to, line.to);
    const together = same && line.at_ms - before.at_ms < TOGETHER_MS;
    const id = `${line.at_ms} ${line.user_id}`;
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    return { line, headed: !together, key: `${id} ${count}` };
  });
}

/** Characters left near the limit (negative beyond it), or null while there are plenty. */
export function charactersLeft(text: string): number | null {
  const length = characterCount(text);
  return length < COUNT_FROM ? null : SAY_CHARS_MAX - length;
}

/** A line as it is overheard while the chat is closed: who, to whom when not to everyone, and the beginning of what. */
export function overheard({ nickname, text }: ChatLine, heard_by = ""): string {
  const words = letters(text.replace(/\s+/g, " "));
  const shown = words.length > OVERHEARD_CHARS_MAX ? `${words.slice(0, OVERHEARD_CHARS_MAX - 1).join("")}…` : words.join("");
  const [who, said] = [isolated(nickname), isolated(shown)];
  return heard_by === "" ? `${who}: ${said}` : `${who} ${heard_by}: ${said}`;
}
