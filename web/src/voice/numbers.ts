/** The line of voices in numbers, from what the browser counts (W3C WebRTC Statistics). Pure. */
import type { VoiceNumbers } from "../core/voice";

/** One entry of a report, of which each kind has its own members. */
export type Entry = Readonly<Record<string, unknown>>;

/** What was counted up to a moment. */
export interface Counted {
  readonly at_ms: number;
  readonly received: number;
  readonly lost: number;
  readonly received_bytes: number;
  readonly sent_bytes: number;
  readonly jitter_ms: number;
  readonly rtt_ms: number;
  readonly path: VoiceNumbers["path"];
}

export function counted(report: Iterable<Entry>, at_ms: number): Counted {
  const entries = [...report];
  const inbound = entries.filter((entry) => entry["type"] === "inbound-rtp" && entry["kind"] !== "video");
  const sum = (of: readonly Entry[], name: string): number => of.reduce((all, entry) => all + count(entry, name), 0);
  const pair = chosenPair(entries);
  const local = entries.find((entry) => entry["type"] === "local-candidate" && entry["id"] === pair?.["localCandidateId"]);
  return {
    at_ms,
    received: sum(inbound, "packetsReceived"),
    lost: Math.max(0, sum(inbound, "packetsLost")),
    received_bytes: pair === undefined ? sum(inbound, "bytesReceived") : count(pair, "bytesReceived"),
    sent_bytes: pair === undefined ? 0 : count(pair, "bytesSent"),
    // Lines on which nothing comes have none.
    jitter_ms: 1_000 * Math.max(0, ...inbound.map((entry) => count(entry, "jitter"))),
    rtt_ms: 1_000 * (pair === undefined ? 0 : count(pair, "currentRoundTripTime")),
    path: pathOf(local),
  };
}

/** Packets of pictures that came and that were lost, all in all. */
export function picturesIn(report: Iterable<Entry>): { readonly received: number; readonly lost: number } {
  let [received, lost] = [0, 0];
  for (const entry of report) {
    if (entry["type"] !== "inbound-rtp" || entry["kind"] !== "video") continue;
    received += count(entry, "packetsReceived");
    lost += Math.max(0, count(entry, "packetsLost"));
  }
  return { received, lost };
}

/** What happened between two looks. */
export function numbersBetween(before: Counted, after: Counted, slots: number): VoiceNumbers {
  const seconds = Math.max(0.001, (after.at_ms - before.at_ms) / 1_000);
  const lost = Math.max(0, after.lost - before.lost);
  const came = Math.max(0, after.received - before.received);
  const rate = (from: number, to: number): number => (8 * Math.max(0, to - from)) / 1_000 / seconds;
  return {
    path: after.path,
    rtt_ms: after.rtt_ms,
    loss: lost === 0 ? 0 : lost / (lost + came),
    jitter_ms: after.jitter_ms,
    received_kbit_s: rate(before.received_bytes, after.received_bytes),
    sent_kbit_s: rate(before.sent_bytes, after.sent_bytes),
    slots,
  };
}

/** The pair of addresses that is used: as the transport says, where the browser has one, else the one that was agreed on. */
function chosenPair(entries: readonly Entry[]): Entry | undefined {
  const chosen = entries.find((entry) => entry["type"] === "transport" && typeof entry["selectedCandidatePairId"] === "string");
  const pairs = entries.filter((entry) => entry["type"] === "candidate-pair");
  const agreed = pairs.find((pair) => pair["nominated"] === true && pair["state"] === "succeeded");
  return pairs.find((pair) => pair["id"] === chosen?.["selectedCandidatePairId"]) ?? agreed;
}

function pathOf(local: Entry | undefined): VoiceNumbers["path"] {
  if (local === undefined) return "unknown";
  if (local["candidateType"] === "relay") return "relay";
  return local["protocol"] === "tcp" ? "tcp" : "udp";
}

function count(entry: Entry, name: string): number {
  const value = entry[name];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
