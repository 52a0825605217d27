/** A room's gravity as a choice in words, for the page and for the menu inside a headset. Pure. */
import { GRAVITY } from "../../core/generated";
import { formatNumber } from "./numbers";

/** A room may have any gravity; any but these is only named. */
const GRAVITIES = [
  { value: "earth", words: "Earth", gravity_m_s2: GRAVITY },
  { value: "moon", words: "Moon", gravity_m_s2: -1.62 },
  { value: "mars", words: "Mars", gravity_m_s2: -3.71 },
  { value: "none", words: "None", gravity_m_s2: 0 },
] as const;
/** What a number may lose on its way, m/s². */
const SAME_M_S2 = 0.001;
const OTHER = "other";

export type GravityName = (typeof GRAVITIES)[number]["value"] | typeof OTHER;

export interface GravityChoice {
  readonly value: GravityName;
  readonly options: readonly { readonly value: GravityName; readonly words: string }[];
}

/** What is chosen now, of what there is to choose from. */
export function gravityChoice(gravity_m_s2: number): GravityChoice {
  const known = GRAVITIES.find((each) => Math.abs(each.gravity_m_s2 - gravity_m_s2) < SAME_M_S2);
  const options = GRAVITIES.map(({ value, words }) => ({ value, words }));
  if (known !== undefined) return { value: known.value, options };
  return { value: OTHER, options: [...options, { value: OTHER, words: otherWords(gravity_m_s2) }] };
}

/** The gravity of a choice, upward m/s²; undefined for one that has no name. */
export function gravityNamed(value: string): number | undefined {
  return GRAVITIES.find((each) => each.value === value)?.gravity_m_s2;
}

function otherWords(gravity_m_s2: number): string {
  return `Other (${formatNumber(Math.abs(gravity_m_s2), 2)} m/s²${gravity_m_s2 > 0 ? " upwards" : ""})`;
}
