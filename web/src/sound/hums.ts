/** How places hum: long recipes that are played round and round. Pure data. */
import type { Ambience } from "../core/sounds";
import { type Curve, type Recipe, at, noise, tone } from "./shapes";

/** One round, seconds. */
const ROUND_S = 9;

/** As loud all the time; what hums is faded where it is played. */
function steady(loudness: number): Curve {
  return [[0, 0], [0.05, loudness], [ROUND_S - 0.05, loudness], [ROUND_S, 0]];
}

export const HUMS: { readonly [ambience in Ambience]: Recipe } = {
  /** Machines behind walls: a low fifth that beats slowly, and air in a shaft. */
  hall: {
    peak: 0.16,
    parts: [
      tone("sine", at(55), steady(1)),
      tone("sine", at(55.4), steady(0.8)),
      tone("triangle", at(82.5), steady(0.22), { filter: { kind: "lowpass", hz: at(200), q: 0.7 } }),
      noise("lowpass", [[0, 240], [ROUND_S / 2, 330], [ROUND_S, 240]], 0.8, steady(0.6)),
    ],
  },
  /** Wind that comes and goes around corners. */
  wind: {
    peak: 0.18,
    parts: [
      noise("bandpass", [[0, 320], [2.2, 620], [4.4, 380], [6.6, 720], [ROUND_S, 320]], 3.2, [[0, 0], [0.05, 0.5], [2.2, 1], [4.4, 0.55], [6.6, 1.1], [ROUND_S - 0.05, 0.5], [ROUND_S, 0]]),
      noise("lowpass", at(260), 0.7, steady(0.5)),
    ],
  },
};
