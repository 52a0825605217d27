import { describe, expect, it } from "vitest";
import { CONTENT_MS, FAST_WINDOWS, Governor } from "./governor";

/** The finest and the coarsest rung of these tests. */
const RUNGS = [0, 5] as const;

/** A display and a machine: what a picture costs on each rung, milliseconds. */
interface Machine {
  readonly hz: number;
  readonly cpu_ms?: number;
  /** The card's time by rung. */
  readonly gpu_ms: (rung: number) => number;
  /** Whether the card tells its time. */
  readonly tells?: boolean;
  /** Share of frames in which nothing stirs. */
  readonly idle?: number;
}

/** Lets a machine draw for so many seconds; the card works while the next frame is made, and the display waits for it. */
function draw(governor: Governor, machine: Machine, seconds: number, strict = false): number {
  const { hz, cpu_ms = 3, gpu_ms, tells = false, idle = 0 } = machine;
  const period_ms = 1_000 / hz;
  let drew = true;
  let frame = 0;
  let listened = 0;
  for (let at_ms = 0; at_ms < seconds * 1_000; frame += 1) {
    const cost_ms = drew ? Math.max(cpu_ms, gpu_ms(governor.rung)) : 0.5;
    const interval_ms = Math.max(1, Math.ceil(cost_ms / period_ms - 0.001)) * period_ms;
    governor.frame({ interval_ms, drew, cpu_ms, gpu_ms: tells && drew ? gpu_ms(governor.rung) : Number.NaN }, strict);
    at_ms += interval_ms;
    if (governor.listens) listened += 1;
    drew = !governor.listens && (frame % 100) / 100 >= idle;
  }
  return listened;
}

const started = (rung = 0) => new Governor(rung, RUNGS, CONTENT_MS.card);
const light = () => 4;
/** Costs 40 ms on the finest rung, less on each coarser one. */
const heavy = (rung: number) => 40 / 1.5 ** rung;

describe("the governor", () => {
  it("leaves a machine alone that keeps up, whatever its display shows", () => {
    for (const hz of [144, 120, 90, 72, 60, 50, 40, 30]) {
      for (const tells of [true, false]) {
        const governor = started();
        draw(governor, { hz, gpu_ms: light, tells }, 60);
        expect(governor.rung, `${hz} Hz`).toBe(0);
      }
    }
  });

  it("a cap of a battery saver costs at most a few frames of listening, and no detail", () => {
    const governor = started();
    draw(governor, { hz: 60, gpu_ms: light, idle: 0.2 }, 20);
    const listened = draw(governor, { hz: 30, gpu_ms: light }, 120);
    expect(governor.rung).toBe(0);
    expect(governor.display_ms).toBeCloseTo(1_000 / 30, 0);
    expect(listened).toBeLessThan(20);
    draw(governor, { hz: 60, gpu_ms: light }, 5);
    expect(governor.display_ms).toBeCloseTo(1_000 / 60, 0);
  });

  it("lowers detail until pictures come in time, whether or not the card tells", () => {
    for (const tells of [true, false]) {
      const governor = started();
      draw(governor, { hz: 60, gpu_ms: heavy, tells }, 20);
      expect(heavy(governor.rung)).toBeLessThan(1_000 / 60);
      expect(governor.rung).toBeLessThan(RUNGS[1]);
    }
  });

  it("an even rate of half the display's is seen through: it is drawing, not a cap", () => {
    const governor = started();
    const even = (rung: number) => (rung === 0 ? 30 : 10);
    draw(governor, { hz: 60, gpu_ms: even }, 6);
    expect(governor.rung).toBe(1);
  });

  it("a spike now and then changes nothing", () => {
    const governor = started();
    for (let second = 0; second < 30; second += 1) {
      draw(governor, { hz: 60, gpu_ms: light, idle: 0.1 }, 0.9);
      governor.frame({ interval_ms: 180, drew: true, cpu_ms: 150, gpu_ms: Number.NaN }, false);
    }
    expect(governor.rung).toBe(0);
  });

  it("work of others that makes pictures late is not answered with a worse picture, where the card tells", () => {
    const governor = started();
    for (let frame = 0; frame < 600; frame += 1) {
      governor.frame({ interval_ms: 40, drew: true, cpu_ms: 3, gpu_ms: 4 }, false);
    }
    expect(governor.rung).toBe(0);
  });

  it("a dip is undone", () => {
    const governor = started();
    draw(governor, { hz: 60, gpu_ms: () => 40, tells: true }, 5);
    expect(governor.rung).toBeGreaterThan(0);
    draw(governor, { hz: 60, gpu_ms: light, tells: true }, 60);
    expect(governor.rung).toBe(0);
  });

  it("a raise that was too much is taken back and tried ever more rarely", () => {
    const governor = started();
    const machine = { hz: 60, gpu_ms: (rung: number) => (rung === 0 ? 25 : 6) };
    let changes = 0;
    let before = governor.rung;
    for (let second = 0; second < 240; second += 1) {
      draw(governor, machine, 1);
      if (governor.rung !== before) changes += 1;
      before = governor.rung;
    }
    expect(governor.rung).toBe(1);
    expect(changes).toBeLessThan(12);
  });

  it("a processor that draws ends at a rate one can live with, not at the coarsest", () => {
    const governor = new Governor(2, [2, 9], CONTENT_MS.software);
    const cost = (rung: number) => 80 * 0.72 ** (rung - 2);
    draw(governor, { hz: 60, gpu_ms: cost, idle: 0.05 }, 60);
    expect(cost(governor.rung)).toBeLessThan(1.3 * CONTENT_MS.software);
    expect(governor.rung).toBeLessThan(9);
  });

  it("a headset needs every picture its display shows", () => {
    const eased = started();
    const strict = started();
    const machine = { hz: 90, gpu_ms: (rung: number) => (rung === 0 ? 14 : 8), tells: true };
    draw(eased, { ...machine, hz: 120, gpu_ms: (rung) => (rung === 0 ? 12 : 6) }, 10);
    draw(strict, machine, 10, true);
    expect(eased.rung).toBe(0);
    expect(strict.rung).toBe(1);
  });

  it("goes where it is allowed to", () => {
    const governor = started();
    governor.limit([3, 5]);
    expect(governor.rung).toBe(3);
    draw(governor, { hz: 60, gpu_ms: light, tells: true }, 10 * FAST_WINDOWS);
    expect(governor.rung).toBe(3);
  });
});
