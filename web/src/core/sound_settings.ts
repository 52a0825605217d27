/** How this visitor speaks and hears: devices, and what is done with voices and effects. Pure. */
import { type Json, member, number, text } from "./json";

export interface SoundSettings {
  /** Devices by the browser's id; empty for whichever the system uses. */
  readonly microphone: string;
  readonly output: string;
  /** Heard only while a key, or the button, is held down. */
  readonly push_to_talk: boolean;
  /** Voices come from everywhere: for one ear, or one loudspeaker. How far away someone is stays audible. */
  readonly mono: boolean;
  /** Above, below, before and behind can be told apart, with headphones. Costs a few times what left and right do. */
  readonly hrtf: boolean;
  /** All voices together, 0 to 1. */
  readonly volume: number;
  /** What the room's rules play, all together, 0 (nothing) to 1. */
  readonly effects: number;
  /** Effects stand as words, too. */
  readonly captions: boolean;
}

export const SOUND_DEFAULTS: SoundSettings = {
  microphone: "",
  output: "",
  push_to_talk: false,
  mono: false,
  hrtf: true,
  volume: 1,
  effects: 1,
  captions: false,
};

/** What was kept, where it makes sense; else the usual. */
export function readSoundSettings(kept: Json | undefined): SoundSettings {
  const loudness = (name: "volume" | "effects"): number => Math.min(1, Math.max(0, number(member(kept, name)) ?? SOUND_DEFAULTS[name]));
  const flag = (name: "push_to_talk" | "mono" | "hrtf" | "captions"): boolean => {
    const value = member(kept, name);
    return typeof value === "boolean" ? value : SOUND_DEFAULTS[name];
  };
  return {
    microphone: text(member(kept, "microphone")) ?? "",
    output: text(member(kept, "output")) ?? "",
    push_to_talk: flag("push_to_talk"),
    mono: flag("mono"),
    hrtf: flag("hrtf"),
    volume: loudness("volume"),
    effects: loudness("effects"),
    captions: flag("captions"),
  };
}
