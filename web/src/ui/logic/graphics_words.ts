/** How finely the room is drawn, in words. Pure data. */
import type { Graphics } from "../../core/settings";

export const GRAPHICS_WORDS: readonly { readonly value: Graphics; readonly words: string }[] = [
  { value: "automatic", words: "Automatic" },
  { value: "high", words: "High" },
  { value: "medium", words: "Medium" },
  { value: "low", words: "Low" },
];
