/** What is said while the connection is being found again. Pure: the present moment is an argument. */
import { secondsUntil } from "./time";

/** After so long people want to know that nothing is lost, milliseconds. */
export const LONG_WAIT_MS = 30_000;

export interface ReconnectWords {
  readonly title: string;
  readonly detail: string;
}

/** The words for a connection lost at `since_ms` whose next try is at `next_try_ms`. */
export function reconnectWords(since_ms: number, next_try_ms: number, now_ms: number): ReconnectWords {
  const seconds = secondsUntil(next_try_ms, now_ms);
  const next = seconds === 0 ? "Trying now" : `Next try in ${seconds} s`;
  if (now_ms - since_ms < LONG_WAIT_MS) return { title: "Reconnecting…", detail: next };
  return { title: "Still trying", detail: `Nothing you did is lost. ${next}` };
}
