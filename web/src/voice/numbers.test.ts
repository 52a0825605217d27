import { expect, test } from "vitest";
import { type Entry, counted, numbersBetween } from "./numbers";

const inbound = (packetsReceived: number, packetsLost: number, jitter: number): Entry => ({ type: "inbound-rtp", packetsReceived, packetsLost, jitter });
const pair = (bytesReceived: number, bytesSent: number): Entry => ({
  type: "candidate-pair",
  nominated: true,
  state: "succeeded",
  localCandidateId: "l1",
  currentRoundTripTime: 0.032,
  bytesReceived,
  bytesSent,
});
const local = (more: Entry = {}): Entry => ({ type: "local-candidate", id: "l1", candidateType: "prflx", protocol: "udp", ...more });

test("a second of the line is told in rates, all voices together", () => {
  const before = counted([inbound(100, 0, 0), inbound(0, 0, 0), pair(10_000, 1_000), local()], 1_000);
  const after = counted([inbound(145, 5, 0.012), inbound(50, 0, 0.003), pair(20_000, 6_000), local()], 2_000);
  expect(numbersBetween(before, after, 8)).toEqual({
    path: "udp",
    rtt_ms: 32,
    loss: 0.05,
    jitter_ms: 12,
    received_kbit_s: 80,
    sent_kbit_s: 40,
    slots: 8,
  });
});

test("it says when somebody carries the voices on, or when they are squeezed through TCP", () => {
  expect(counted([pair(0, 0), local({ candidateType: "relay" })], 0).path).toBe("relay");
  expect(counted([pair(0, 0), local({ protocol: "tcp" })], 0).path).toBe("tcp");
  expect(counted([], 0).path).toBe("unknown");
});

test("counters that begin anew are no negative traffic", () => {
  const { loss, received_kbit_s } = numbersBetween(counted([inbound(900, 40, 0), pair(9_000, 0)], 0), counted([inbound(10, 0, 0), pair(50, 0)], 1_000), 8);
  expect([loss, received_kbit_s]).toEqual([0, 0]);
});

test("of several pairs of addresses the one in use is counted", () => {
  const unused = pair(1, 1);
  const used = { ...pair(9_000, 0), id: "p2", localCandidateId: "l2" };
  const transport = { type: "transport", selectedCandidatePairId: "p2" };
  const { received_bytes, path } = counted([unused, used, transport, local(), local({ id: "l2", protocol: "tcp" })], 0);
  expect([received_bytes, path]).toEqual([9_000, "tcp"]);
});
