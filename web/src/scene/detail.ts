/**
 * How much detail the machine can afford: lowered before frames are dropped, raised carefully. Pure; knows no engine.
 *
 *   live ──slow──▶ still ──slow──▶ flat ──slow──▶ plain ──slow──▶ coarse ──slow──▶ coarser  (fast for a while: a step back)
 */

/** Levels from the finest to the coarsest. */
export interface Level {
  /** Where light is summed up: per pixel or per corner. */
  readonly light: "pixel" | "vertex";
  /** How fine the map of shadows is. */
  readonly shadow_map: "fine" | "coarse";
  /** Shadows: of everything each frame, of things that changed, or none. */
  readonly shadows: "live" | "still" | "none";
  /** How far and how many people are drawn finely, as a share of what a fast machine does. Everyone stays drawn. */
  readonly figures: number;
  /** CSS pixels drawn as one, relative to the screen's own resolution. */
  readonly scaling: number;
  /** Whether the interface's glass blurs what is behind it: on a machine without a graphics card the dearest of all. */
  readonly blur: boolean;
}

export const LEVELS: readonly [Level, ...Level[]] = [
  { light: "pixel", shadows: "live", shadow_map: "fine", figures: 1, scaling: 1, blur: true },
  { light: "pixel", shadows: "still", shadow_map: "coarse", figures: 0.6, scaling: 1, blur: false },
  { light: "vertex", shadows: "none", shadow_map: "coarse", figures: 0.3, scaling: 1, blur: false },
  { light: "vertex", shadows: "none", shadow_map: "coarse", figures: 0.3, scaling: 1.4, blur: false },
  { light: "vertex", shadows: "none", shadow_map: "coarse", figures: 0.3, scaling: 2, blur: false },
];

/** Frames per second below which a second counts as slow. */
export const SLOW_FPS = 45;
/** Frames per second below which a second counts as two slow ones. */
export const CRAWL_FPS = 25;
/** Frames per second from which a second counts as fast. */
export const FAST_FPS = 57;
/** Slow seconds in a row before detail is lowered: one hiccup is none. */
export const SLOW_SECONDS = 2;
/** Fast seconds in a row before detail is raised; doubles whenever a raise turns out too much. */
export const FAST_SECONDS = 8;
/** The longest wait before a raise, seconds. */
export const FAST_SECONDS_MAX = 240;

export interface Detail {
  readonly level: number;
  readonly slow: number;
  readonly fast: number;
  readonly patience: number;
  /** True right after a raise: if it gets slow now, the raise was too much. */
  readonly trying: boolean;
}

export const FULL_DETAIL: Detail = { level: 0, slow: 0, fast: 0, patience: FAST_SECONDS, trying: false };
/** Where a machine begins that draws with its processor: it would get there anyway, after seconds of stutter. */
export const SOFTWARE_DETAIL: Detail = { ...FULL_DETAIL, level: 2 };

/** The detail after one more second at `fps`. */
export function afterSecond(detail: Detail, fps: number): Detail {
  const slowness = fps < CRAWL_FPS ? 2 : 1;
  if (fps < SLOW_FPS) return slower({ ...detail, slow: detail.slow + slowness, fast: 0 });
  if (fps >= FAST_FPS) return faster({ ...detail, slow: 0, fast: detail.fast + 1 });
  return { ...detail, slow: 0, fast: 0 };
}

function slower(detail: Detail): Detail {
  if (detail.slow < SLOW_SECONDS || detail.level === LEVELS.length - 1) return detail;
  const patience = detail.trying ? Math.min(FAST_SECONDS_MAX, detail.patience * 2) : detail.patience;
  return { level: detail.level + 1, slow: 0, fast: 0, patience, trying: false };
}

function faster(detail: Detail): Detail {
  if (detail.fast < detail.patience) return detail;
  // The raise has held as long as we wait for one: it was right.
  if (detail.level === 0 || detail.trying) return { ...detail, fast: 0, trying: false };
  return { level: detail.level - 1, slow: 0, fast: 0, patience: detail.patience, trying: true };
}
