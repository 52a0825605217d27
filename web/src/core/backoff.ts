/**
 * When to try again: exponential, jittered, bounded. Pure; chance is an argument. Knows no socket.
 */

/** The first wait, milliseconds: short, because most losses are a moment's. */
export const RECONNECT_MIN_MS = 250;
/** The longest wait, milliseconds: a server that comes back is noticed within it. */
export const RECONNECT_MAX_MS = 5_000;

/**
 * The wait before attempt `attempt` (0 is the first after a loss), milliseconds.
 *
 * Half is fixed and half is chance, so that a restarted server is not met by everyone at once.
 * `chance` is in 0..1.
 */
export function reconnectDelay(attempt: number, chance: number): number {
  const ceiling = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempt, 16));
  return Math.max(RECONNECT_MIN_MS, ceiling / 2 + (ceiling / 2) * chance);
}
