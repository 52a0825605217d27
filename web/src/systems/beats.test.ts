import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Beats } from "./beats";

/** A browser's worker as far as beats touch it. */
class TestWorker {
  static all: TestWorker[] = [];
  onmessage: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ended = false;

  constructor() {
    TestWorker.all.push(this);
  }

  terminate(): void {
    this.ended = true;
  }
}

describe("beats of a page nobody sees", () => {
  let beaten = 0;
  const beats = () => new Beats(1_000, () => (beaten += 1));

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("Worker", TestWorker);
    TestWorker.all = [];
    beaten = 0;
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("come from a worker, and from no timer of the page", () => {
    beats().start();
    TestWorker.all[0]?.onmessage?.();
    vi.advanceTimersByTime(10_000);
    expect(beaten).toBe(1);
  });

  it("end with the worker that made them", () => {
    const both = beats();
    both.start();
    both.start();
    both.stop();
    expect(TestWorker.all.map((worker) => worker.ended)).toEqual([true, true]);
  });

  it("come from a timer where a worker breaks or is forbidden", () => {
    const broken = beats();
    broken.start();
    TestWorker.all[0]?.onerror?.();
    vi.advanceTimersByTime(2_000);
    expect([beaten, TestWorker.all[0]?.ended]).toEqual([2, true]);
    broken.stop();
    vi.stubGlobal("Worker", () => {
      throw new Error("forbidden");
    });
    const forbidden = beats();
    forbidden.start();
    vi.advanceTimersByTime(2_000);
    forbidden.stop();
    vi.advanceTimersByTime(2_000);
    expect(beaten).toBe(4);
  });

  it("do not begin again when a worker that was stopped complains late", () => {
    const both = beats();
    both.start();
    both.stop();
    TestWorker.all[0]?.onerror?.();
    vi.advanceTimersByTime(2_000);
    expect(beaten).toBe(0);
  });
});
