/** A refused command in words, for the place that asked. Pure; knows the shape of replies only. */
import type { Reply } from "../../core/commands";
import { refusalWords } from "../../core/hud";

/** Reasons whose detail says more than our sentence: what the value should have been. */
const DETAIL_FIRST: readonly string[] = ["bad_component", "bad_payload"];

/** Null for an accepted command; else why it was not. */
export function refusal(reply: Reply): string | null {
  if (reply.ok) return null;
  const detail = reply.detail.trim();
  if (detail === "" || !DETAIL_FIRST.includes(reply.reason)) return refusalWords(reply.reason, detail);
  const sentence = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
