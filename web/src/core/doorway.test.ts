import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FULL_FIRST_MS, FULL_MAX_MS } from "./backoff";
import { Doorway } from "./doorway";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("knocks once after the wait it told, and later from time to time", () => {
  const knock = vi.fn();
  const door = new Doorway(() => 1, knock);
  expect(door.wait()).toBe(FULL_FIRST_MS);
  vi.advanceTimersByTime(FULL_FIRST_MS - 1);
  expect(knock).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(knock).toHaveBeenCalledOnce();
  expect(door.wait()).toBe(2 * FULL_FIRST_MS);
});

it("is patient but never longer than a minute, and starts anew after it was let in", () => {
  const door = new Doorway(() => 1, () => undefined);
  for (let count = 0; count < 20; count += 1) door.wait();
  expect(door.wait()).toBe(FULL_MAX_MS);
  door.opened();
  expect(door.wait()).toBe(FULL_FIRST_MS);
});

it("does not knock after it was stopped", () => {
  const knock = vi.fn();
  const door = new Doorway(() => 0, knock);
  door.wait();
  door.stop();
  vi.advanceTimersByTime(FULL_MAX_MS);
  expect(knock).not.toHaveBeenCalled();
});
