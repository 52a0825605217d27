/**
 * Of many sounds that are asked for in one frame those that are loudest where one is, and no more. Pure; makes no garbage once as many
 * were asked for before.
 */
import type { SoundName } from "./sounds";

/** Sounds of a frame that are passed on at most: more at once are one noise. */
export const VOLLEY_MAX = 6;
/** The same sound at about the same place, metres, is heard once a frame: eight pellets are one shot. */
const TOGETHER_M = 1.5;

export interface Heard {
  sound: SoundName;
  x: number;
  y: number;
  z: number;
  /** How loud it is made, 0 to 1. */
  gain: number;
  /** How loud it is where one is. */
  loudness: number;
}

export class Volley {
  readonly #asked: Heard[] = [];
  #count = 0;

  /** Forgets the last frame. */
  begin(): void {
    this.#count = 0;
  }

  ask(sound: SoundName, x: number, y: number, z: number, gain: number, distance_m: number): void {
    const loudness = gain / Math.max(1, distance_m);
    for (let at = 0; at < this.#count; at += 1) {
      const other = this.#asked[at] as Heard;
      if (other.sound !== sound || Math.hypot(other.x - x, other.y - y, other.z - z) > TOGETHER_M) continue;
      other.loudness = Math.max(other.loudness, loudness);
      return;
    }
    const heard = (this.#asked[this.#count] ??= { sound, x, y, z, gain, loudness });
    Object.assign(heard, { sound, x, y, z, gain, loudness });
    this.#count += 1;
  }

  /** Passes on the loudest, loudest first. */
  each(play: (heard: Heard) => void): void {
    for (let nth = 0; nth < Math.min(VOLLEY_MAX, this.#count); nth += 1) {
      let best = nth;
      for (let at = nth + 1; at < this.#count; at += 1) {
        if ((this.#asked[at]?.loudness ?? 0) > (this.#asked[best]?.loudness ?? 0)) best = at;
      }
      const heard = this.#asked[best] as Heard;
      this.#asked[best] = this.#asked[nth] as Heard;
      this.#asked[nth] = heard;
      play(heard);
    }
  }
}
