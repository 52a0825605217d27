/** Sounds in words, for who does not hear them: each once in a while, however often it comes. Pure; the clock is an argument. */
import type { HudLine } from "./hud";
import type { SoundName } from "./sounds";

/** A sound that was told is not told again for so long, milliseconds: steps would say nothing but themselves. */
export const CAPTION_AGAIN_MS = 2_000;
/** Farther away than this, metres, a sound is next to nothing. */
export const CAPTION_REACH_M = 40;

/** What is told in other words than the sound's name; what says nothing that is not seen anyway is not told. */
const WORDS: { readonly [sound in SoundName]?: string | null } = {
  empty: null,
  wall_hit: null,
  switch_weapon: null,
  body_hit: "a hit",
  launcher: "a launcher",
  fireball: "a fireball",
  burst: "an explosion",
  lift: "a lift hums",
  walker_growl: "a walker moans",
  walker_sees: "a walker has seen somebody",
  walker_pain: "a walker is hurt",
  walker_dies: "a walker falls",
  spitter_growl: "a spitter growls",
  spitter_sees: "a spitter has seen somebody",
  spitter_pain: "a spitter is hurt",
  spitter_dies: "a spitter falls",
  brute_growl: "a brute growls",
  brute_sees: "a brute has seen somebody",
  brute_pain: "a brute is hurt",
  brute_dies: "a brute falls",
};

export class Captions {
  readonly #told_ms = new Map<SoundName, number>();

  /** The line for a sound that comes from so far away; undefined when it needs none. */
  note(sound: SoundName, distance_m: number, now_ms: number): HudLine | undefined {
    if (distance_m > CAPTION_REACH_M) return undefined;
    if (now_ms - (this.#told_ms.get(sound) ?? -Infinity) < CAPTION_AGAIN_MS) return undefined;
    const words = WORDS[sound] === undefined ? sound.replaceAll("_", " ") : WORDS[sound];
    if (words === null) return undefined;
    this.#told_ms.set(sound, now_ms);
    return { text: `[${words}]`, tone: "plain", passing: true };
  }
}
