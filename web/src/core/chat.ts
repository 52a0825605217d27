/**
 * The chat's memory: newest last, bounded. Pure.
 */
import type { ChatLine } from "./app";

/** Lines kept, so that an evening's talk costs no memory; the oldest go first. */
export const CHAT_LINES_MAX = 200;

export function appended(lines: readonly ChatLine[], line: ChatLine): readonly ChatLine[] {
  return [...lines.slice(Math.max(0, lines.length + 1 - CHAT_LINES_MAX)), line];
}
