/** The choices of a headset's settings in words, for the page and for the menu inside. Pure data. */
import { SNAP_DEGREES } from "../../core/headset_settings";

export const HANDS = [
  { value: "right", words: "Right hand" },
  { value: "left", words: "Left hand" },
] as const;
export const TURNS = [
  { value: "snap", words: "In steps" },
  { value: "smooth", words: "Smoothly" },
] as const;
export const STEPS = SNAP_DEGREES.map((degrees) => ({ value: String(degrees), words: `${degrees}°` }));
export const VIGNETTES = [
  { value: "off", words: "Off" },
  { value: "weak", words: "Weak" },
  { value: "strong", words: "Strong" },
] as const;
