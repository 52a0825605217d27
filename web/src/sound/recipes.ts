/**
 * How each sound is made: tones and noise, how high and how loud they are from moment to moment. Pure data; nothing is recorded.
 *
 * A part's loudness is relative to the others: all of a recipe together are brought to its `peak`.
 */
import type { SoundName } from "../core/sounds";

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
function struck(loudness: number, for_s: number): Curve {
  return [[0, 0], [STRIKE_S, loudness], ...FADING.map(([share, left]): Point => [STRIKE_S + share * (for_s - STRIKE_S), left * loudness])];
}

/** As loud all the time, without an edge at either end. */
function held(loudness: number, for_s: number, edge_s = 0.012): Curve {
  return [[0, 0], [edge_s, loudness], [for_s - edge_s, loudness], [for_s, 0]];
}

/** Grows and fades. */
function swelling(loudness: number, for_s: number, top_s: number): Curve {
  return [[0, 0], [top_s, loudness], [for_s, 0]];
}

// ---- of what -------------------------------------------------------------------------------------------------------

const at = (hz: number): Curve => [[0, hz]];
const from = (hz: number, to_hz: number, in_s: number): Curve => [[0, hz], [in_s, to_hz]];

function tone(wave: Part["wave"], pitch_hz: Curve, loudness: Curve, more: Partial<Part> = {}): Part {
  return { from_s: 0, wave, pitch_hz, loudness, ...more };
}

function noise(kind: Filter["kind"], hz: Curve, q: number, loudness: Curve, from_s = 0): Part {
  return { from_s, wave: "noise", pitch_hz: at(1), loudness, filter: { kind, hz, q } };
}

/** Notes one after the other, each fading into the next. */
function melody(wave: Part["wave"], notes_hz: readonly number[], step_s: number, last_s: number, dull_hz: number): readonly Part[] {
  return notes_hz.map((hz, note) => {
    const for_s = note === notes_hz.length - 1 ? last_s : 1.8 * step_s;
    return tone(wave, at(hz), struck(1, for_s), { from_s: note * step_s, filter: { kind: "lowpass", hz: at(dull_hz), q: 0.7 } });
  });
}

const GROWL_S = 1.2;
const ALARM_NOTES = 6;
const ALARM_STEP_S = 0.22;

export const RECIPES: { readonly [name in SoundName]: Recipe } = {
  chime: {
    peak: 0.5,
    // The overtones of a small bell are not whole multiples of its tone.
    parts: [[1, 1, 1.4], [2.76, 0.45, 0.8], [5.4, 0.22, 0.4]].map(([times = 1, loud = 1, for_s = 1]) => tone("sine", at(880 * times), struck(loud, for_s))),
  },
  click: {
    peak: 0.4,
    parts: [noise("highpass", at(2_500), 0.7, struck(1, 0.03)), tone("sine", from(1_900, 1_200, 0.03), struck(0.7, 0.05))],
  },
  buzz: {
    peak: 0.3,
    parts: [110, 113.5].map((hz) => tone("square", at(hz), held(1, 0.45), { filter: { kind: "lowpass", hz: at(900), q: 1 } })),
  },
  door: {
    peak: 0.55,
    // It slides, and arrives.
    parts: [
      noise("bandpass", from(380, 950, 0.7), 2.2, swelling(4, 0.75, 0.25)),
      tone("sawtooth", from(58, 74, 0.7), swelling(0.5, 0.75, 0.2), { filter: { kind: "lowpass", hz: at(260), q: 1 } }),
      tone("sine", from(130, 52, 0.2), struck(1.4, 0.35), { from_s: 0.68 }),
      noise("lowpass", at(700), 0.7, struck(0.8, 0.14), 0.68),
    ],
  },
  thud: {
    peak: 0.7,
    parts: [tone("sine", from(120, 44, 0.18), struck(1, 0.42)), noise("lowpass", from(900, 160, 0.12), 0.7, struck(0.7, 0.16))],
  },
  pick_up: {
    peak: 0.45,
    parts: [tone("triangle", from(620, 700, 0.08), struck(0.8, 0.14)), tone("triangle", from(930, 1_060, 0.1), struck(1, 0.3), { from_s: 0.08 })],
  },
  alarm: {
    peak: 0.35,
    parts: Array.from({ length: ALARM_NOTES }, (_, note) =>
      tone("square", at(note % 2 === 0 ? 880 : 660), held(1, ALARM_STEP_S), { from_s: note * ALARM_STEP_S, filter: { kind: "lowpass", hz: at(2_400), q: 0.7 } }),
    ),
  },
  shot: {
    peak: 0.85,
    parts: [
      noise("lowpass", from(9_000, 320, 0.22), 0.7, struck(1, 0.5)),
      noise("highpass", at(3_000), 0.7, struck(0.6, 0.05)),
      tone("sine", from(170, 38, 0.14), struck(0.9, 0.28)),
    ],
  },
  zap: {
    peak: 0.5,
    parts: [
      tone("sawtooth", from(2_300, 130, 0.32), swelling(1, 0.36, 0.01), { wobble: { per_s: 55, by_hz: 90 }, filter: { kind: "lowpass", hz: from(6_000, 900, 0.32), q: 4 } }),
      noise("highpass", at(4_000), 0.7, struck(0.35, 0.1)),
    ],
  },
  pain: {
    peak: 0.6,
    // A voice: a buzz through a mouth that closes.
    parts: [
      tone("sawtooth", [[0, 190], [0.06, 250], [0.4, 118]], swelling(1, 0.42, 0.05), { wobble: { per_s: 27, by_hz: 9 }, filter: { kind: "bandpass", hz: from(900, 480, 0.4), q: 2.4 } }),
      noise("bandpass", at(1_500), 1.2, swelling(0.16, 0.3, 0.04)),
    ],
  },
  step: {
    peak: 0.3,
    parts: [noise("lowpass", from(620, 240, 0.08), 0.9, struck(1, 0.11)), tone("sine", from(95, 60, 0.06), struck(0.6, 0.09))],
  },
  win: {
    peak: 0.5,
    parts: melody("triangle", [523.25, 659.26, 783.99, 1_046.5], 0.14, 1.1, 4_000),
  },
  lose: {
    peak: 0.5,
    parts: melody("sawtooth", [392, 369.99, 349.23, 261.63], 0.24, 1.2, 1_100),
  },
  growl: {
    peak: 0.65,
    parts: [
      tone("sawtooth", [[0, 62], [0.35, 84], [GROWL_S, 52]], swelling(1, GROWL_S, 0.3), { wobble: { per_s: 23, by_hz: 16 }, filter: { kind: "lowpass", hz: [[0, 260], [0.4, 620], [GROWL_S, 220]], q: 2.5 } }),
      noise("bandpass", from(420, 260, GROWL_S), 1.6, swelling(0.5, GROWL_S, 0.35)),
    ],
  },
};
