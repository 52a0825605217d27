/**
 * What recipes are made of: parts with how high and how loud they are from moment to moment, and the usual courses of that. Pure.
 */

/** A value at a moment: seconds since the part began, hertz or loudness. Between two moments it glides. */
export type Point = readonly [at_s: number, value: number];
export type Curve = readonly [Point, ...Point[]];

export interface Filter {
  readonly kind: "lowpass" | "highpass" | "bandpass";
  readonly hz: Curve;
  readonly q: number;
}

export interface Part {
  readonly from_s: number;
  /** Noise has no pitch. */
  readonly wave: "sine" | "triangle" | "square" | "sawtooth" | "noise";
  readonly pitch_hz: Curve;
  /** Begins and ends with 0, so that nothing clicks. */
  readonly loudness: Curve;
  readonly filter?: Filter;
  /** The pitch goes up and down so often in a second, by so many hertz. */
  readonly wobble?: { readonly per_s: number; readonly by_hz: number };
}

export interface Recipe {
  /** The loudest sample, of 1. */
  readonly peak: number;
  readonly parts: readonly Part[];
}

/** After its last part a recipe rings out, seconds. */
export const TAIL_S = 0.06;
/** A blow is at its loudest after this time, seconds. */
const STRIKE_S = 0.004;
/** How loud what was struck still is, by the share of its time. */
const FADING: readonly Point[] = [[0.1, 0.6], [0.25, 0.3], [0.5, 0.1], [0.75, 0.03], [1, 0]];

/** Seconds until a recipe has been heard to its end. */
export function lengthOf({ parts }: Recipe): number {
  return Math.max(...parts.map(({ from_s, loudness }) => from_s + (loudness.at(-1)?.[0] ?? 0))) + TAIL_S;
}

// ---- how loud ------------------------------------------------------------------------------------------------------

/** Loud at once, then fading as a bell does. */
export function struck(loudness: number, for_s: number): Curve {
  return [[0, 0], [STRIKE_S, loudness], ...FADING.map(([share, left]): Point => [STRIKE_S + share * (for_s - STRIKE_S), left * loudness])];
}

/** As loud all the time, without an edge at either end. */
export function held(loudness: number, for_s: number, edge_s = 0.012): Curve {
  return [[0, 0], [edge_s, loudness], [for_s - edge_s, loudness], [for_s, 0]];
}

/** Grows and fades. */
export function swelling(loudness: number, for_s: number, top_s: number): Curve {
  return [[0, 0], [top_s, loudness], [for_s, 0]];
}

// ---- of what -------------------------------------------------------------------------------------------------------

export const at = (hz: number): Curve => [[0, hz]];
export const from = (hz: number, to_hz: number, in_s: number): Curve => [[0, hz], [in_s, to_hz]];

export function tone(wave: Part["wave"], pitch_hz: Curve, loudness: Curve, more: Partial<Part> = {}): Part {
  return { from_s: 0, wave, pitch_hz, loudness, ...more };
}

export function noise(kind: Filter["kind"], hz: Curve, q: number, loudness: Curve, from_s = 0): Part {
  return { from_s, wave: "noise", pitch_hz: at(1), loudness, filter: { kind, hz, q } };
}

/** Notes one after the other, each fading into the next. */
export function melody(wave: Part["wave"], notes_hz: readonly number[], step_s: number, last_s: number, dull_hz: number): readonly Part[] {
  return notes_hz.map((hz, note) => {
    const for_s = note === notes_hz.length - 1 ? last_s : 1.8 * step_s;
    return tone(wave, at(hz), struck(1, for_s), { from_s: note * step_s, filter: { kind: "lowpass", hz: at(dull_hz), q: 0.7 } });
  });
}
