import { describe, expect, it } from "vitest";
import { RECONNECT_MAX_MS, RECONNECT_MIN_MS, reconnectDelay } from "./backoff";

describe("waiting before a reconnect", () => {
  it("the first try comes after a quarter of a second", () => {
    expect(reconnectDelay(0, 0)).toBe(RECONNECT_MIN_MS);
    expect(reconnectDelay(0, 1)).toBe(RECONNECT_MIN_MS);
  });

  it("never waits longer than five seconds, however often it failed", () => {
    for (const attempt of [5, 20, 1_000, 1e9]) expect(reconnectDelay(attempt, 1)).toBe(RECONNECT_MAX_MS);
  });

  it("spreads those who were lost together over half of the wait", () => {
    expect(reconnectDelay(10, 0)).toBe(RECONNECT_MAX_MS / 2);
    expect(reconnectDelay(10, 0.5)).toBe(RECONNECT_MAX_MS * 0.75);
  });

  it("grows from try to try", () => {
    const waits = [0, 1, 2, 3, 4].map((attempt) => reconnectDelay(attempt, 0.5));
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(new Set(waits).size).toBeGreaterThan(3);
  });
});
