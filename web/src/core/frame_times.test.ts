import { describe, expect, it } from "vitest";
import { FRAME_WINDOW_MS, FrameTimes } from "./frame_times";

/** Frames every 20 ms until `end_ms`. */
function filled(end_ms: number, systems_ms: (at_ms: number) => number): FrameTimes {
  const times = new FrameTimes();
  for (let at_ms = 20; at_ms <= end_ms; at_ms += 20) {
    times.ran(at_ms, systems_ms(at_ms));
    times.drawn(2);
  }
  return times;
}

describe("frame times", () => {
  it("without frames everything is nothing", () => {
    const report = new FrameTimes().report(1_000);
    expect(report).toMatchObject({ frames: 0, fps: 0, total: { mean_ms: 0, p95_ms: 0 } });
  });

  it("what systems and drawing took is told apart and together", () => {
    const report = filled(2_000, () => 3).report(2_000);
    expect(report.systems).toEqual({ mean_ms: 3, p95_ms: 3 });
    expect(report.render).toEqual({ mean_ms: 2, p95_ms: 2 });
    expect(report.total).toEqual({ mean_ms: 5, p95_ms: 5 });
    expect(Math.round(report.fps)).toBe(51);
  });

  it("a few slow frames are seen in the 95th percentile", () => {
    const report = filled(2_000, (at_ms) => (at_ms % 200 === 0 ? 30 : 1)).report(2_000);
    expect(report.systems.p95_ms).toBe(30);
    expect(report.systems.mean_ms).toBeCloseTo(3.9);
  });

  it("only the last seconds count, however long the visit", () => {
    const report = filled(60_000, (at_ms) => (at_ms < 50_000 ? 100 : 1)).report(60_000);
    expect(report.systems.p95_ms).toBe(1);
    expect(report.frames).toBe(FRAME_WINDOW_MS / 20 + 1);
  });
});
