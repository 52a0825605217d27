import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Output } from "../sound/player";
import { EffectsAtWork, QUIET_MS } from "./effects";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A context in a state, a page that was touched or not, and a player that rings as long as one says. */
function work(state: "running" | "suspended", touched = true) {
  const did: string[] = [];
  const context = {
    state,
    resume: async () => {
      did.push("woken");
      context.state = "running";
    },
  };
  const player = { rings: false, hum: (ambience: unknown) => void did.push(`hum ${String(ambience)}`), ring: async (name: string) => void did.push(name) };
  const world = {
    load: async () => {
      did.push("loaded");
      return player;
    },
    touched: () => touched,
    now: () => 0,
  };
  const effects = new EffectsAtWork({ context } as unknown as Output, () => void did.push("rest"), world);
  return { effects, did, player };
}

test("how effects sound is fetched with the first, once", async () => {
  const { effects, did } = work("running");
  effects.ring("door", undefined);
  effects.ring("click", undefined);
  await vi.advanceTimersByTimeAsync(10);
  effects.ring("step", [1, 2, 3]);
  expect(did).toEqual(["loaded", "door", "click", "step"]);
});

test("on a page that nobody has touched an effect is dropped, and nothing is fetched for it", async () => {
  const { effects, did } = work("suspended", false);
  effects.ring("door", undefined);
  await vi.advanceTimersByTimeAsync(10);
  expect([did, effects.rings]).toEqual([[], false]);
});

test("a context that rests is woken, and rests again a while after the last effect", async () => {
  const { effects, did, player } = work("suspended");
  effects.ring("door", undefined);
  await vi.advanceTimersByTimeAsync(QUIET_MS - 10);
  expect([did, effects.rings]).toEqual([["woken", "loaded", "door"], true]);
  player.rings = true;
  await vi.advanceTimersByTimeAsync(20);
  expect(effects.rings).toBe(true);
  player.rings = false;
  effects.ring("click", undefined);
  await vi.advanceTimersByTimeAsync(QUIET_MS);
  expect([did.at(-1), effects.rings]).toEqual(["rest", false]);
});

test("a place hums as soon as the browser plays anything, and no longer when it is told", async () => {
  const { effects, did } = work("running");
  effects.hum("wind");
  await vi.advanceTimersByTimeAsync(10);
  expect(did).toEqual(["loaded", "hum wind"]);
  effects.hum(undefined);
  expect(did.at(-1)).toBe("hum undefined");
});
