/**
 * When to try again: exponential, jittered, bounded. Pure; chance is an argument. Knows no socket.
 *
 * Every wait is spread over three quarters of its length, the first one too: when a server with a thousand people
 * restarts, all of them lose it in the same moment.
 */

/** The longest first wait, milliseconds: most losses are a moment's. */
export const RECONNECT_FIRST_MS = 1_000;
/** The longest wait, milliseconds: a server that comes back is noticed within it. */
export const RECONNECT_MAX_MS = 5_000;
/** The longest first wait for a line of voices, milliseconds, and the longest of all: a network that lets none through rarely begins to. */
export const VOICE_FIRST_MS = 1_000;
export const VOICE_MAX_MS = 30_000;
/** Share of a wait that is not chance. */
const FIXED_SHARE = 0.25;
/** The longest first wait before a room that is full, milliseconds: people leave rooms by the minute. */
export const FULL_FIRST_MS = 10_000;
/** The longest wait before a room that is full, milliseconds. */
export const FULL_MAX_MS = 60_000;

/** The wait before attempt `attempt` (0 is the first after a loss), milliseconds. `chance` is in 0..1. */
export function reconnectDelay(attempt: number, chance: number): number {
  return jittered(RECONNECT_FIRST_MS, RECONNECT_MAX_MS, attempt, chance);
}

/** The wait before attempt `attempt` to enter a room that is full, milliseconds. `chance` is in 0..1. */
export function fullDelay(attempt: number, chance: number): number {
  return jittered(FULL_FIRST_MS, FULL_MAX_MS, attempt, chance);
}

/** The wait before attempt `attempt` to have voices again, milliseconds. `chance` is in 0..1. */
export function voiceDelay(attempt: number, chance: number): number {
  return jittered(VOICE_FIRST_MS, VOICE_MAX_MS, attempt, chance);
}

function jittered(first_ms: number, max_ms: number, attempt: number, chance: number): number {
  const ceiling_ms = Math.min(max_ms, first_ms * 2 ** Math.min(attempt, 16));
  return ceiling_ms * (FIXED_SHARE + (1 - FIXED_SHARE) * chance);
}
