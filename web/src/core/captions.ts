/** Sounds in words, for who does not hear them: each once in a while, however often it comes. Pure; the clock is an argument. */
import type { HudLine } from "./hud";
import type { SoundName } from "./sounds";

/** A sound that was told is not told again for so long, milliseconds: steps would say nothing but themselves. */
export const CAPTION_AGAIN_MS = 2_000;
/** Farther away than this, metres, a sound is next to nothing. */
export const CAPTION_REACH_M = 40;

export class Captions {
  readonly #told_ms = new Map<SoundName, number>();

  /** The line for a sound that comes from so far away; undefined when it needs none. */
  note(sound: SoundName, distance_m: number, now_ms: number): HudLine | undefined {
    if (distance_m > CAPTION_REACH_M) return undefined;
    if (now_ms - (this.#told_ms.get(sound) ?? -Infinity) < CAPTION_AGAIN_MS) return undefined;
    this.#told_ms.set(sound, now_ms);
    return { text: `[${sound.replaceAll("_", " ")}]`, tone: "plain", passing: true };
  }
}
