/**
 * The connection in numbers and bars. Pure: two readings in, one picture out. Knows neither core nor socket.
 */
import type { CoreStats } from "./core-types";

/** The connection, as a person should understand it. */
export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "online"; readonly rtt_ms: number; readonly bars: 1 | 2 | 3 | 4; readonly numbers: ConnectionNumbers }
  | Reconnecting;

/** The connection is being found again. */
export interface Reconnecting {
  readonly kind: "reconnecting";
  readonly since_ms: number;
  readonly next_try_ms: number;
  /** The server answers pages, but no socket opens: something on the way does not let them through. */
  readonly blocked: boolean;
}

export interface ConnectionNumbers {
  readonly rtt_ms: number;
  readonly pose_age_ms: number;
  readonly pose_age_p95_ms: number;
  readonly received_kbit_s: number;
  readonly sent_kbit_s: number;
  /** Since the page began. */
  readonly received_bytes: number;
  readonly sent_bytes: number;
  readonly picture: PictureNumbers;
}

/** The picture in numbers. */
export interface PictureNumbers {
  readonly frames_per_s: number;
  /** What a picture costs the processor, milliseconds. */
  readonly frame_ms: number;
  /** Other people by how exactly the room tells where they are: everything, hands as places, about where. */
  readonly people: { readonly near: number; readonly mid: number; readonly far: number };
}

/** Round trips up to these, milliseconds, show four, three and two bars; longer ones show one. */
export const RTT_BARS_MS = [80, 160, 320] as const;

/** A server that has not answered for so long shows one bar, milliseconds. */
export const WEAK_MS = 3_000;

export function barsFor(rtt_ms: number, unanswered_ms = 0): 1 | 2 | 3 | 4 {
  if (unanswered_ms >= WEAK_MS) return 1;
  if (rtt_ms <= RTT_BARS_MS[0]) return 4;
  if (rtt_ms <= RTT_BARS_MS[1]) return 3;
  return rtt_ms <= RTT_BARS_MS[2] ? 2 : 1;
}

/** A reading of the core's counters at a time, milliseconds. */
export interface Reading {
  readonly at_ms: number;
  readonly stats: CoreStats;
}

/** What happened between two readings. */
export function numbersBetween(before: Reading, after: Reading, picture: PictureNumbers): ConnectionNumbers {
  const elapsed_ms = Math.max(1, after.at_ms - before.at_ms);
  // Bytes per millisecond times eight are kilobits per second.
  const kbit_s = (from: number, to: number) => (Math.max(0, to - from) * 8) / elapsed_ms;
  return {
    rtt_ms: after.stats.rtt_ms,
    pose_age_ms: after.stats.pose_age_p50_ms,
    pose_age_p95_ms: after.stats.pose_age_p95_ms,
    received_kbit_s: kbit_s(before.stats.received_bytes, after.stats.received_bytes),
    sent_kbit_s: kbit_s(before.stats.sent_bytes, after.stats.sent_bytes),
    received_bytes: after.stats.received_bytes,
    sent_bytes: after.stats.sent_bytes,
    picture,
  };
}
