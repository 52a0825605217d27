import { describe, expect, it } from "vitest";
import { FULL_FIRST_MS, FULL_MAX_MS, RECONNECT_FIRST_MS, RECONNECT_MAX_MS, fullDelay, reconnectDelay } from "./backoff";

/** A thousand chances, evenly spread. */
const CROWD = Array.from({ length: 1_000 }, (_, index) => index / 1_000);

describe("waiting before a reconnect", () => {
  it("the first try comes within a second, never at once", () => {
    expect(reconnectDelay(0, 0)).toBe(RECONNECT_FIRST_MS / 4);
    expect(reconnectDelay(0, 1)).toBe(RECONNECT_FIRST_MS);
  });

  it("never waits longer than five seconds, however often it failed", () => {
    for (const attempt of [5, 20, 1_000, 1e9]) expect(reconnectDelay(attempt, 1)).toBe(RECONNECT_MAX_MS);
  });

  it("a thousand who were lost together come back spread out, at the first try already", () => {
    for (const attempt of [0, 1, 2, 3, 10]) {
      const waits = CROWD.map((chance) => reconnectDelay(attempt, chance));
      const shortest = Math.min(...waits);
      const within_50_ms = Math.max(...waits.map((from) => waits.filter((wait) => wait >= from && wait < from + 50).length));
      expect(Math.max(...waits)).toBeGreaterThan(3.9 * shortest);
      expect(within_50_ms).toBeLessThanOrEqual(70);
    }
  });

  it("grows from try to try", () => {
    const waits = [0, 1, 2, 3, 4].map((attempt) => reconnectDelay(attempt, 0.5));
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(new Set(waits).size).toBeGreaterThan(3);
  });
});

describe("waiting before a full room", () => {
  it("is told in seconds, spread out, and a minute at most", () => {
    expect(fullDelay(0, 0)).toBe(FULL_FIRST_MS / 4);
    expect(fullDelay(0, 1)).toBe(FULL_FIRST_MS);
    expect(fullDelay(99, 1)).toBe(FULL_MAX_MS);
    expect(fullDelay(99, 0)).toBe(FULL_MAX_MS / 4);
  });
});
