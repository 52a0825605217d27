import { describe, expect, it } from "vitest";
import { type Detail, FAST_SECONDS, FULL_DETAIL, LEVELS, afterSecond } from "./detail";

function seconds(detail: Detail, fps: number, count: number): Detail {
  let after = detail;
  for (let second = 0; second < count; second += 1) after = afterSecond(after, fps);
  return after;
}

describe("detail", () => {
  it("one hiccup changes nothing", () => {
    expect(afterSecond(afterSecond(FULL_DETAIL, 30), 60).level).toBe(0);
  });

  it("a crawl is noticed after one second", () => {
    expect(afterSecond(FULL_DETAIL, 12).level).toBe(1);
  });

  it("is lowered while frames are slow, down to the coarsest and no farther", () => {
    expect(seconds(FULL_DETAIL, 30, 2).level).toBe(1);
    expect(seconds(FULL_DETAIL, 20, 100).level).toBe(LEVELS.length - 1);
  });

  it("comes back when frames are fast for a while", () => {
    const low = seconds(FULL_DETAIL, 30, 2);
    expect(seconds(low, 60, FAST_SECONDS - 1).level).toBe(1);
    expect(seconds(low, 60, FAST_SECONDS).level).toBe(0);
  });

  it("a raise that was too much is tried again only after twice the time", () => {
    const raised = seconds(seconds(FULL_DETAIL, 30, 2), 60, FAST_SECONDS);
    const lowered = seconds(raised, 30, 2);
    expect(lowered.level).toBe(1);
    expect(seconds(lowered, 60, 2 * FAST_SECONDS - 1).level).toBe(1);
    expect(seconds(lowered, 60, 2 * FAST_SECONDS).level).toBe(0);
  });

  it("a rate in between is left alone", () => {
    expect(seconds(seconds(FULL_DETAIL, 30, 2), 50, 1_000).level).toBe(1);
  });

  it("every step down costs less to draw", () => {
    const shadows = ["none", "still", "live"];
    const cost = LEVELS.map((level) => shadows.indexOf(level.shadows) + level.figures - level.scaling * 10);
    expect([...cost].sort((a, b) => b - a)).toEqual(cost);
    expect(new Set(cost).size).toBe(LEVELS.length);
  });
});
