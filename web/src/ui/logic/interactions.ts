/** What people may do with a thing, as builders give and take it. Pure. */
import { type Json, isObject } from "../../core/json";

/** The name of one that a thing can be given. */
export type Interaction = "grab" | "throw" | "sit" | "trigger" | "resize" | "share" | "open" | "collect";

export interface InteractionInfo {
  readonly interaction: Interaction;
  /** By which component a thing has it. */
  readonly component: string;
  readonly words: string;
  readonly note: string;
}

export const INTERACTIONS: readonly InteractionInfo[] = [
  { interaction: "grab", component: "holdable", words: "Hold it", note: "Take it, carry it, put it down." },
  { interaction: "throw", component: "body", words: "Throw and push it", note: "It falls, rolls and flies on." },
  { interaction: "sit", component: "seat", words: "Sit on it", note: "One person at a time." },
  { interaction: "trigger", component: "triggerable", words: "Use it", note: "Space or a trigger sets it off." },
  { interaction: "resize", component: "two_hand_scalable", words: "Resize it", note: "Two hands, or Shift and the wheel." },
  { interaction: "share", component: "screen", words: "Share onto it", note: "A screen, a window, a camera." },
  { interaction: "open", component: "door", words: "Open and close it", note: "It slides up, or as its door says." },
  { interaction: "collect", component: "collectable", words: "Pick it up", note: "It goes to who takes it, for good." },
];

/** Whether a thing of these components has it. */
export function isGiven({ component }: InteractionInfo, components: { readonly [name: string]: Json }): boolean {
  const value = components[component];
  if (value === undefined || value === false || value === null) return false;
  if (component !== "body") return true;
  // A body that stays where it is put is none that flies.
  const motion = isObject(value) ? value["motion"] : value;
  return motion === undefined || motion === true || motion === "dynamic";
}
