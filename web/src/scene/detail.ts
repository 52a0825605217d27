/**
 * What the machine can afford, as a ladder from the finest picture to the coarsest. Pure; knows no engine.
 *
 *   high ── medium ── medium, shadows of what changed ── low ── low with ever fewer pixels
 *
 * Who draws well keeps every pixel until nothing else is left to save. `governor.ts` decides on which rung to stand.
 */
import type { Graphics } from "../core/settings";

export interface Level {
  /** Where light is summed up: per pixel or per corner. */
  readonly light: "pixel" | "vertex";
  /** Shadows: of everything each frame, of things that changed, or none. */
  readonly shadows: "live" | "still" | "none";
  /** How fine the map of shadows is. */
  readonly shadow_map: "fine" | "coarse";
  /** How far and how many people are drawn finely, as a share of what a fast machine does. Everyone stays drawn. */
  readonly figures: number;
  /** Drawn pixels along an edge, as a share of the screen's own; what is drawn coarser is smoothed when it is enlarged. */
  readonly resolution: number;
  /** Whether the interface's glass blurs what is behind it: on a machine without a graphics card the dearest of all. */
  readonly blur: boolean;
}

const HIGH: Level = { light: "pixel", shadows: "live", shadow_map: "fine", figures: 1, resolution: 1, blur: true };
const MEDIUM: Level = { ...HIGH, shadow_map: "coarse", figures: 0.6, blur: false };
const LOW: Level = { light: "vertex", shadows: "none", shadow_map: "coarse", figures: 0.3, resolution: 1, blur: false };

/** Each rung draws three quarters of the pixels of the one before. */
const RESOLUTIONS = [0.86, 0.74, 0.64, 0.55, 0.47, 0.41] as const;

export const LADDER: readonly [Level, ...Level[]] = [
  HIGH,
  MEDIUM,
  { ...MEDIUM, shadows: "still" },
  LOW,
  ...RESOLUTIONS.map((resolution) => ({ ...LOW, resolution })),
];

/** The first rung without shadows: where a machine begins that draws with its processor. */
export const LOW_RUNG = LADDER.indexOf(LOW);

/** Pictures of fewer pixels are not made coarser: nobody would recognise anything. */
export const PIXELS_MIN = 90_000;
/** Pixels a processor begins with; whether it manages more is seen later. */
export const SOFTWARE_PIXELS = 420_000;

/** The rungs that somebody's choice leaves to the governor: the finest and the coarsest, which may be the same. */
export function rungsOf(graphics: Graphics, software: boolean, pixels: number): readonly [number, number] {
  const coarsest = coarsestRung(pixels);
  switch (graphics) {
    case "automatic":
      return [software ? LOW_RUNG : 0, coarsest];
    case "high":
      return [0, 0];
    case "medium":
      return [1, 1];
    case "low":
      return [LOW_RUNG, coarsest];
  }
}

/** Where to begin among these rungs with so many pixels at full resolution: known before anything was drawn. */
export function firstRung([finest, coarsest]: readonly [number, number], software: boolean, pixels: number): number {
  if (!software) return finest;
  const fits = (rung: number) => pixels * (LADDER[rung]?.resolution ?? 1) ** 2 <= SOFTWARE_PIXELS;
  for (let rung = finest; rung < coarsest; rung += 1) if (fits(rung)) return rung;
  return coarsest;
}

/** What a page begins with, before anything was drawn. */
export function firstLevel(graphics: Graphics, software: boolean, pixels: number): Level {
  return LADDER[firstRung(rungsOf(graphics, software, pixels), software, pixels)] ?? LADDER[0];
}

/** The last rung that still leaves enough pixels. */
function coarsestRung(pixels: number): number {
  let coarsest = LOW_RUNG;
  for (let rung = LOW_RUNG; rung < LADDER.length; rung += 1) {
    if (pixels * (LADDER[rung]?.resolution ?? 1) ** 2 >= PIXELS_MIN) coarsest = rung;
  }
  return coarsest;
}
