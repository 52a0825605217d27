/**
 * Which chat lines a person has not seen yet. Pure; the chat keeps only its newest lines, so the last seen one may be gone.
 */
import type { ChatLine } from "../../core/chat";
import { type Relations, isHidden } from "../../core/rights";

/** Largest count that is shown as a number; more are "99+". */
export const UNREAD_SHOWN_MAX = 99;

/** Lines of others after the last seen line; all of them when that line has already rolled out of the chat. */
export function unreadCount(
  lines: readonly ChatLine[],
  seen: ChatLine | null,
  self_id: string | null,
  relations: Relations,
): number {
  const from = seen === null ? 0 : lines.findLastIndex((line) => sameLine(line, seen)) + 1;
  return lines.slice(from).filter(({ user_id }) => user_id !== self_id && !isHidden(relations, user_id)).length;
}

/** The count as the badge shows it; empty for none. */
export function unreadBadge(count: number): string {
  if (count <= 0) return "";
  return count > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(count);
}

function sameLine(a: ChatLine, b: ChatLine): boolean {
  return a === b || (a.at_ms === b.at_ms && a.user_id === b.user_id && a.text === b.text);
}
