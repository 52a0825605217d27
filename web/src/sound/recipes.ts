/**
 * How each sound is made: tones and noise, how high and how loud they are from moment to moment. Pure data; nothing is recorded.
 *
 * A part's loudness is relative to the others: all of a recipe together are brought to its `peak`.
 */
import type { SoundName } from "../core/sounds";
import { COMBAT } from "./combat";
import { type Recipe, at, from, held, melody, noise, struck, swelling, tone } from "./shapes";

const GROWL_S = 1.2;
const ALARM_NOTES = 6;
const ALARM_STEP_S = 0.22;

const PLAIN: { readonly [name in Exclude<SoundName, keyof typeof COMBAT>]: Recipe } = {
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

export const RECIPES: { readonly [name in SoundName]: Recipe } = { ...PLAIN, ...COMBAT };
