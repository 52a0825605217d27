/** The skies a room may have, in words. Pure. */
import type { SkyName } from "../../core/generated";

/** What stands there while a room's sky has colours of its own. */
export const OWN_SKY = "own";
export type SkyChoice = SkyName | typeof OWN_SKY;

const SKY_WORDS: readonly { readonly value: SkyChoice; readonly words: string }[] = [
  { value: "day", words: "Day" },
  { value: "dusk", words: "Dusk" },
  { value: "night", words: "Night" },
  { value: "studio", words: "Studio" },
  { value: "overcast", words: "Overcast" },
];

/** The options for a room that has this one; undefined when its colours are its own. */
export function skyOptions(chosen: SkyName | undefined): typeof SKY_WORDS {
  return chosen === undefined ? [{ value: OWN_SKY, words: "Its own colours" }, ...SKY_WORDS] : SKY_WORDS;
}
