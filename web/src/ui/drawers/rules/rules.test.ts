/** Rules on their way to the room and back: one change at a time, one question at a time. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Reply, refused } from "../../../core/commands";
import type { Json } from "../../../core/json";
import { RuleDrafts } from "./drafts.svelte";
import { FiringWatch } from "./watch_firings.svelte";

const OK: Reply = { ok: true, response: {} };

/** Answers when told to. */
function asked<T>() {
  const seen: T[] = [];
  const waiting: ((reply: Reply) => void)[] = [];
  const ask = (what: T): Promise<Reply> => {
    seen.push(what);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const answer = async (reply: Reply): Promise<void> => {
    waiting.shift()?.(reply);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { seen, ask, answer };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is changed while a change is under way goes after it, all at once", async () => {
  const room = asked<readonly Json[]>();
  const drafts = new RuleDrafts(room.ask);
  void drafts.set([1]);
  void drafts.set([2]);
  void drafts.set([3]);
  expect([room.seen, drafts.draft]).toEqual([[[1]], [3]]);
  await room.answer(OK);
  expect([room.seen, drafts.draft]).toEqual([[[1], [3]], [3]]);
  await room.answer(OK);
  expect([room.seen, drafts.draft]).toEqual([[[1], [3]], null]);
});

test("what is refused stays, with the place of what is wrong, until it is put right or given up", async () => {
  const room = asked<readonly Json[]>();
  const drafts = new RuleDrafts(room.ask);
  void drafts.set(["bad"]);
  await room.answer(refused("bad_component", "rules[0].then[2]: needs a text"));
  expect(drafts.draft).toEqual(["bad"]);
  expect(drafts.refused).toMatchObject({ rule: 0, step: 2, words: "Needs a text." });
  void drafts.set(["good"]);
  await room.answer(OK);
  expect([drafts.draft, drafts.refused]).toEqual([null, null]);
  void drafts.set(["bad"]);
  await room.answer(refused("locked", ""));
  expect(drafts.refused).toMatchObject({ rule: undefined });
  drafts.forget();
  expect([drafts.draft, drafts.refused]).toEqual([null, null]);
});

test("firings are asked for once a second, one question at a time, while the page is seen", async () => {
  const room = asked<undefined>();
  let hidden = false;
  const watch = new FiringWatch(() => room.ask(undefined), () => hidden);
  const end = watch.watch();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(room.seen).toHaveLength(1);
  await room.answer({ ok: true, response: { firings: [{ rule: "door", ago_ms: 10, outcome: "done" }] } });
  expect(watch.firings).toHaveLength(1);
  hidden = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(room.seen).toHaveLength(1);
  hidden = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(room.seen).toHaveLength(2);
  await room.answer(refused("rate_limited"));
  expect(watch.firings).toHaveLength(1);
  end();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(room.seen).toHaveLength(2);
});

test("a server that knows no rules is asked once", async () => {
  const room = asked<undefined>();
  const end = new FiringWatch(() => room.ask(undefined), () => false).watch();
  await room.answer(refused("unknown_event"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(room.seen).toHaveLength(1);
  end();
});
