/**
 * What the last seconds' pictures cost the processor: our own work and handing the picture to the card.
 *
 * Pure; times are arguments. Noting a frame makes no garbage, reading does.
 */

/** Frames remembered: ten seconds at sixty a second. */
const FRAMES_KEPT = 600;
/** How far back a report looks, milliseconds. */
export const FRAME_WINDOW_MS = 5_000;

/** Of a frame's share, milliseconds. */
export interface Spread {
  readonly mean_ms: number;
  readonly p95_ms: number;
}

export interface FrameReport {
  /** Frames of the window. */
  readonly frames: number;
  readonly fps: number;
  /** All systems: what the room told, moving, drawing people. */
  readonly systems: Spread;
  /** Handing the picture to the card. */
  readonly render: Spread;
  /** Both. */
  readonly total: Spread;
}

export class FrameTimes {
  readonly #at_ms = new Float64Array(FRAMES_KEPT);
  readonly #systems_ms = new Float32Array(FRAMES_KEPT);
  readonly #render_ms = new Float32Array(FRAMES_KEPT);
  #count = 0;

  /** A frame's systems ran. */
  ran(at_ms: number, systems_ms: number): void {
    const slot = this.#count % FRAMES_KEPT;
    this.#at_ms[slot] = at_ms;
    this.#systems_ms[slot] = systems_ms;
    this.#render_ms[slot] = 0;
    this.#count += 1;
  }

  /** The same frame was drawn. */
  drawn(render_ms: number): void {
    if (this.#count > 0) this.#render_ms[(this.#count - 1) % FRAMES_KEPT] = render_ms;
  }

  /** What the last frame that ran cost, both together, milliseconds. */
  get last_ms(): number {
    const slot = (this.#count + FRAMES_KEPT - 1) % FRAMES_KEPT;
    return (this.#systems_ms[slot] ?? 0) + (this.#render_ms[slot] ?? 0);
  }

  /** Frames since the beginning. */
  get count(): number {
    return this.#count;
  }

  report(now_ms: number, window_ms = FRAME_WINDOW_MS): FrameReport {
    const systems: number[] = [];
    const render: number[] = [];
    let oldest_ms = now_ms;
    for (let back = 1; back <= Math.min(this.#count, FRAMES_KEPT); back += 1) {
      const slot = (this.#count - back) % FRAMES_KEPT;
      const at_ms = this.#at_ms[slot] ?? 0;
      if (at_ms < now_ms - window_ms) break;
      oldest_ms = at_ms;
      systems.push(this.#systems_ms[slot] ?? 0);
      render.push(this.#render_ms[slot] ?? 0);
    }
    const elapsed_ms = now_ms - oldest_ms;
    return {
      frames: systems.length,
      fps: elapsed_ms > 0 ? (systems.length * 1_000) / elapsed_ms : 0,
      systems: spreadOf(systems),
      render: spreadOf(render),
      total: spreadOf(systems.map((each, at) => each + (render[at] ?? 0))),
    };
  }
}

function spreadOf(times_ms: readonly number[]): Spread {
  if (times_ms.length === 0) return { mean_ms: 0, p95_ms: 0 };
  const sorted = [...times_ms].sort((a, b) => a - b);
  const sum = sorted.reduce((before, each) => before + each, 0);
  return { mean_ms: sum / sorted.length, p95_ms: sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 0 };
}
