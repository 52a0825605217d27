/** The connection in lines that a person can send to whoever runs the server. Pure; knows no component. */
import type { Connection } from "../../core/connection";

/** Where and when the numbers were read. */
export interface Circumstances {
  /** The room's address. */
  readonly link: string;
  readonly user_id: string;
  /** UTC. */
  readonly at: Date;
  readonly browser: string;
  /** Whether motion goes by datagrams. */
  readonly by_datagrams: boolean;
  /** The line of voices, in lines of their own. */
  readonly voices: readonly string[];
  /** The page, CSS pixels, and pixels of the screen for each of them. */
  readonly window: { readonly width: number; readonly height: number; readonly pixel_ratio: number };
}

/** The way of motion, as one says it. */
export function motionWords(by_datagrams: boolean): string {
  return by_datagrams ? "by datagrams" : "by WebSocket";
}

/** One fact a line, in units that need no legend. */
export function report(connection: Connection, { link, user_id, at, browser, window, by_datagrams, voices }: Circumstances): string {
  const lines = [
    `Room: ${link}`,
    `Visitor: ${user_id}`,
    `Time: ${at.toISOString()}`,
    `Connection: ${connection.kind}`,
    ...numbers(connection),
    `Movements go ${motionWords(by_datagrams)}`,
    ...voices,
    `Window: ${window.width} x ${window.height} pixels, ${window.pixel_ratio} of the screen for each`,
    `Browser: ${browser}`,
  ];
  return lines.join("\n");
}

function numbers(connection: Connection): readonly string[] {
  if (connection.kind === "connecting") return [];
  if (connection.kind === "reconnecting") {
    const since = `Lost since: ${new Date(connection.since_ms).toISOString()}`;
    return connection.blocked ? [since, "The server answers, but no WebSocket opens"] : [since];
  }
  const { rtt_ms, pose_age_ms, pose_age_p95_ms, received_kbit_s, sent_kbit_s, received_bytes, sent_bytes, picture } = connection.numbers;
  const { near, mid, far } = picture.people;
  return [
    `Round trip: ${Math.round(rtt_ms)} ms (${connection.bars} of 4 bars)`,
    `Age of movements: ${Math.round(pose_age_ms)} ms at the median, ${Math.round(pose_age_p95_ms)} ms at the 95th percentile`,
    `Received: ${Math.round(received_kbit_s)} kbit/s, ${Math.round(received_bytes / 1_000)} kB so far`,
    `Sent: ${Math.round(sent_kbit_s)} kbit/s, ${Math.round(sent_bytes / 1_000)} kB so far`,
    `Pictures: ${Math.round(picture.frames_per_s)} per second, ${picture.frame_ms.toFixed(1)} ms of processor each`,
    `People: ${near} near, ${mid} farther, ${far} far`,
  ];
}
