/**
 * How a shooter sounds: weapons, what flies and what it hits, monsters' voices, things that are picked up. Pure data.
 */
import { type Curve, type Part, type Recipe, at, from, held, melody, noise, struck, swelling, tone } from "./shapes";

/** Metal on metal: three tones that do not belong together. */
function clank(hz: number, loud: number, for_s: number, from_s = 0): readonly Part[] {
  return [1, 1.62, 2.41].map((times, nth) => tone("triangle", at(hz * times), struck(loud / (nth + 1), for_s / (nth + 1)), { from_s }));
}

/** A voice: a buzz through a mouth that moves, and its breath. */
function voice(pitch: Curve, mouth: Curve, loudness: Curve, rough: Part["wobble"], breath = 0.3, wave: Part["wave"] = "sawtooth"): readonly Part[] {
  return [
    tone(wave, pitch, loudness, { ...(rough !== undefined && { wobble: rough }), filter: { kind: "bandpass", hz: mouth, q: 2.2 } }),
    tone(wave, pitch, loudness.map(([at_s, loud]) => [at_s, loud * 0.5] as const) as unknown as Curve, { ...(rough !== undefined && { wobble: rough }), filter: { kind: "lowpass", hz: mouth, q: 1 } }),
    { ...noise("bandpass", mouth, 1.2, loudness.map(([at_s, loud]) => [at_s, loud * breath] as const) as unknown as Curve) },
  ];
}

/** Bubbles: short tones that rise, one after the other. */
function bubbles(hz: readonly number[], step_s: number, loud: number, from_s = 0): readonly Part[] {
  return hz.map((tone_hz, nth) => tone("sine", from(tone_hz, tone_hz * 1.7, 0.07), struck(loud, 0.1), { from_s: from_s + nth * step_s }));
}

const WEAPONS = {
  shotgun: {
    peak: 0.95,
    // The blow, its body, and the slide afterwards.
    parts: [
      noise("lowpass", from(7_000, 180, 0.3), 0.7, struck(1, 0.7)),
      noise("highpass", at(2_600), 0.7, struck(0.7, 0.07)),
      tone("sine", from(120, 30, 0.2), struck(1.2, 0.42)),
      noise("bandpass", at(2_100), 2.5, struck(0.22, 0.06), 0.34),
      noise("bandpass", at(1_500), 2.5, struck(0.26, 0.08), 0.48),
    ],
  },
  rifle: {
    peak: 0.75,
    parts: [
      noise("lowpass", from(11_000, 700, 0.12), 0.7, struck(1, 0.24)),
      noise("highpass", at(4_200), 0.7, struck(0.8, 0.03)),
      tone("sine", from(220, 60, 0.08), struck(0.7, 0.14)),
    ],
  },
  launcher: {
    peak: 0.8,
    parts: [
      tone("sine", from(210, 46, 0.22), struck(1.1, 0.45)),
      noise("bandpass", from(500, 2_400, 0.5), 1.1, swelling(0.9, 0.7, 0.1)),
      noise("lowpass", from(1_600, 200, 0.2), 0.8, struck(0.8, 0.3)),
    ],
  },
  empty: { peak: 0.35, parts: [noise("highpass", at(3_200), 0.8, struck(1, 0.025)), ...clank(1_400, 0.35, 0.06, 0.004)] },
  reload: {
    peak: 0.45,
    parts: [
      noise("bandpass", at(1_700), 1.6, struck(0.8, 0.07)),
      ...clank(620, 0.4, 0.12, 0.02),
      noise("bandpass", from(900, 1_600, 0.16), 2, swelling(0.5, 0.2, 0.1), 0.3),
      ...clank(880, 0.6, 0.16, 0.52),
      noise("highpass", at(2_800), 0.8, struck(0.7, 0.04), 0.52),
    ],
  },
  switch_weapon: {
    peak: 0.35,
    parts: [noise("bandpass", from(700, 1_900, 0.12), 1.4, swelling(0.6, 0.18, 0.08)), ...clank(980, 0.4, 0.1, 0.14)],
  },
  fireball: {
    peak: 0.7,
    parts: [
      noise("lowpass", from(350, 2_200, 0.18), 1.2, swelling(1.2, 0.75, 0.14)),
      noise("bandpass", from(700, 300, 0.7), 1.4, swelling(0.6, 0.8, 0.2)),
      tone("sine", from(90, 150, 0.25), swelling(0.7, 0.4, 0.08)),
    ],
  },
  burst: {
    peak: 0.9,
    parts: [
      noise("lowpass", from(3_600, 110, 0.6), 0.8, struck(1.2, 1.1)),
      tone("sine", from(96, 26, 0.4), struck(1.3, 0.8)),
      noise("bandpass", from(2_400, 500, 0.4), 1.4, swelling(0.35, 0.9, 0.12)),
    ],
  },
  body_hit: { peak: 0.55, parts: [noise("lowpass", from(1_500, 260, 0.07), 1.2, struck(1, 0.13)), tone("sine", from(210, 76, 0.08), struck(0.9, 0.14))] },
  wall_hit: {
    peak: 0.4,
    parts: [noise("highpass", at(2_400), 0.8, struck(0.9, 0.06)), tone("triangle", from(2_600, 1_300, 0.16), struck(0.35, 0.2)), noise("bandpass", at(900), 1, struck(0.5, 0.14), 0.02)],
  },
} satisfies { readonly [name: string]: Recipe };

const THINGS = {
  pick_weapon: { peak: 0.5, parts: [...clank(520, 0.5, 0.2), noise("bandpass", at(1_800), 1.6, struck(0.8, 0.08)), ...clank(780, 0.7, 0.25, 0.16)] },
  pick_health: { peak: 0.45, parts: melody("sine", [523.25, 659.26, 880], 0.07, 0.4, 5_000) },
  pick_armour: { peak: 0.45, parts: [...clank(392, 0.8, 0.4), ...melody("triangle", [392, 587.33], 0.09, 0.3, 3_000)] },
  pick_immunity: { peak: 0.5, parts: melody("triangle", [659.26, 830.61, 987.77, 1_318.5], 0.08, 0.8, 6_000) },
  pick_ammunition: { peak: 0.45, parts: [0, 0.07, 0.13].flatMap((from_s) => [...clank(1_150 + from_s * 900, 0.5, 0.1, from_s), noise("highpass", at(3_600), 0.8, struck(0.35, 0.03), from_s)]) },
  pick_key: { peak: 0.45, parts: melody("square", [987.77, 1_318.5], 0.1, 0.35, 2_600) },
  lift: {
    peak: 0.4,
    parts: [
      tone("sawtooth", [[0, 52], [0.4, 78], [1.8, 78], [2.2, 50]], held(1, 2.2, 0.3), { filter: { kind: "lowpass", hz: at(320), q: 1.4 } }),
      tone("sine", [[0, 104], [0.4, 157], [1.8, 157], [2.2, 100]], held(0.4, 2.2, 0.35), { wobble: { per_s: 6, by_hz: 2 } }),
      ...clank(240, 0.5, 0.3, 2.1),
    ],
  },
} satisfies { readonly [name: string]: Recipe };

/** The walker moans, the spitter gurgles, the brute rumbles. */
const VOICES = {
  walker_growl: { peak: 0.5, parts: voice([[0, 92], [0.5, 118], [1.4, 80]], [[0, 420], [0.5, 760], [1.4, 360]], swelling(1, 1.4, 0.5), { per_s: 17, by_hz: 7 }) },
  walker_sees: { peak: 0.65, parts: voice([[0, 110], [0.25, 235], [0.9, 140]], [[0, 500], [0.25, 1_300], [0.9, 600]], swelling(1, 0.9, 0.2), { per_s: 29, by_hz: 18 }) },
  walker_pain: { peak: 0.6, parts: voice([[0, 240], [0.3, 150]], [[0, 1_400], [0.3, 700]], swelling(1, 0.34, 0.03), { per_s: 40, by_hz: 24 }) },
  walker_dies: { peak: 0.65, parts: voice([[0, 210], [0.4, 150], [1.5, 52]], [[0, 1_100], [0.5, 600], [1.5, 220]], swelling(1, 1.5, 0.08), { per_s: 21, by_hz: 14 }, 0.5) },
  spitter_growl: {
    peak: 0.45,
    parts: [...bubbles([180, 240, 150, 290, 200, 330], 0.13, 0.7), ...voice([[0, 130], [0.9, 100]], [[0, 600], [0.5, 900], [0.9, 500]], swelling(0.5, 0.95, 0.3), { per_s: 34, by_hz: 26 }, 0.4, "triangle")],
  },
  spitter_sees: { peak: 0.6, parts: [...voice([[0, 190], [0.18, 420], [0.6, 260]], [[0, 800], [0.2, 1_900], [0.6, 900]], swelling(1, 0.6, 0.12), { per_s: 46, by_hz: 60 }, 0.4), ...bubbles([380, 520], 0.1, 0.5, 0.3)] },
  spitter_pain: { peak: 0.55, parts: [...voice([[0, 520], [0.26, 300]], [[0, 2_200], [0.26, 1_000]], swelling(1, 0.3, 0.02), { per_s: 55, by_hz: 70 }, 0.35), ...bubbles([420], 0.1, 0.6, 0.14)] },
  spitter_dies: {
    peak: 0.65,
    parts: [...voice([[0, 460], [0.8, 110]], [[0, 1_900], [0.8, 340]], swelling(1, 0.9, 0.04), { per_s: 30, by_hz: 50 }, 0.6), ...bubbles([340, 280, 220, 170], 0.12, 0.8, 0.5), noise("lowpass", from(1_800, 200, 0.4), 1, struck(0.9, 0.5), 0.9)],
  },
  brute_growl: { peak: 0.7, parts: voice([[0, 46], [0.6, 60], [1.8, 38]], [[0, 170], [0.6, 420], [1.8, 150]], swelling(1, 1.8, 0.6), { per_s: 19, by_hz: 12 }, 0.55) },
  brute_sees: {
    peak: 0.85,
    parts: [...voice([[0, 58], [0.35, 104], [1.6, 62]], [[0, 260], [0.4, 820], [1.6, 300]], swelling(1, 1.6, 0.3), { per_s: 27, by_hz: 22 }, 0.6), tone("sine", from(70, 40, 1.2), swelling(0.5, 1.4, 0.3))],
  },
  brute_pain: { peak: 0.7, parts: voice([[0, 108], [0.45, 60]], [[0, 760], [0.45, 320]], swelling(1, 0.5, 0.05), { per_s: 31, by_hz: 20 }, 0.5) },
  brute_dies: {
    peak: 0.9,
    parts: [...voice([[0, 112], [0.7, 74], [2, 30]], [[0, 900], [0.8, 420], [2, 120]], swelling(1, 2, 0.12), { per_s: 18, by_hz: 14 }, 0.6), tone("sine", from(70, 28, 0.3), struck(1.2, 0.6), { from_s: 0.75 }), noise("lowpass", from(700, 90, 0.3), 0.8, struck(1, 0.6), 0.75)],
  },
} satisfies { readonly [name: string]: Recipe };

export const COMBAT = { ...WEAPONS, ...THINGS, ...VOICES };
