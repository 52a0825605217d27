/** What is said while the connection is being found again. Pure: the present moment is an argument. */
import type { Reconnecting } from "../../core/connection";
import { secondsUntil } from "./time";

/** After so long people want to know that nothing is lost, milliseconds. */
export const LONG_WAIT_MS = 30_000;

export interface ReconnectWords {
  readonly title: string;
  readonly detail: string;
}

/** The words for a lost connection, with so many commands on their way. */
export function reconnectWords(lost: Reconnecting, now_ms: number, unanswered = 0): ReconnectWords {
  const seconds = secondsUntil(lost.next_try_ms, now_ms);
  const next = seconds === 0 ? "Trying now" : `Next try in ${seconds} s`;
  const kept = unanswered === 0 ? "" : ` ${unanswered === 1 ? "One thing you did waits" : `${unanswered} things you did wait`} to be sent.`;
  if (lost.blocked) {
    const cause = "The server answers, but no live connection opens: your network, or a proxy before the server, may block WebSockets.";
    return { title: "No live connection", detail: `${cause} Try another network, or tell whoever runs the server.${kept} ${next}` };
  }
  if (now_ms - lost.since_ms < LONG_WAIT_MS) return { title: "Reconnecting…", detail: kept === "" ? next : `${next}.${kept}` };
  return { title: "Still trying", detail: kept === "" ? `Nothing you did is lost. ${next}` : `${next}.${kept}` };
}
