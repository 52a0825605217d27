import { describe, expect, it } from "vitest";
import { barsFor, numbersBetween } from "./connection";
import type { CoreStats } from "./core-types";

const stats = (received_bytes: number, sent_bytes: number): CoreStats => ({
  rtt_ms: 42,
  unanswered_ms: 0,
  pose_age_p50_ms: 60,
  pose_age_p95_ms: 90,
  received_bytes,
  sent_bytes,
  datagrams: 0,
  frames: 0,
});

const PICTURE = { frames_per_s: 60, frame_ms: 3, people: { near: 1, mid: 2, far: 3 } };

describe("connection quality", () => {
  it("a near server shows all bars and a far one shows one", () => {
    expect([5, 80, 81, 160, 200, 321, 5_000].map((rtt_ms) => barsFor(rtt_ms))).toEqual([4, 4, 3, 3, 2, 1, 1]);
  });

  it("a server that does not answer shows one bar, however near it was", () => {
    expect([0, 2_900, 3_000, 5_000].map((unanswered_ms) => barsFor(5, unanswered_ms))).toEqual([4, 4, 1, 1]);
  });

  it("rates are kilobits per second between two readings", () => {
    const numbers = numbersBetween(
      { at_ms: 1_000, stats: stats(1_000, 0) },
      { at_ms: 3_000, stats: stats(26_000, 500) },
      PICTURE,
    );
    expect(numbers.received_kbit_s).toBe(100);
    expect(numbers.sent_kbit_s).toBe(2);
    expect(numbers.picture).toBe(PICTURE);
  });

  it("counters that start anew after a reload of the core never show negative rates", () => {
    const numbers = numbersBetween({ at_ms: 0, stats: stats(900, 900) }, { at_ms: 1_000, stats: stats(0, 0) }, PICTURE);
    expect(numbers.received_kbit_s).toBe(0);
  });
});
