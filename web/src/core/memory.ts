/**
 * What a visitor chose, kept in localStorage and checked when it is read. Knows no page and no room.
 */
import { lookOf } from "./avatar_look";
import { NICKNAME_CHARS_MAX } from "./generated";
import { readHeadsetSettings } from "./headset_settings";
import { type Json, member, number, text } from "./json";
import type { Profile } from "./profile";
import { GRAPHICS, type Settings } from "./settings";
import { readSoundSettings } from "./sound_settings";

const PROFILE_KEY = "thexr.profile";
const SETTINGS_KEY = "thexr.settings";

/** Colours a newcomer may get: told apart from each other on clothes, by day and dusk, and as a dot on dark glass. */
export const PALETTE = [
  "#E2573A",
  "#1F9D8F",
  "#EDA52F",
  "#7A5CD6",
  "#2F7FD6",
  "#D9527F",
  "#5FA33C",
  "#56657C",
] as const;

/** Looking may be made this much slower or faster. */
export const LOOK_SPEED_RANGE = [0.2, 4] as const;

/** The part of `Storage` that is used. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Reads the profile; `chance` (0..1) picks a newcomer's colour. */
export function readProfile(memory: Memory, chance: number): Profile {
  const kept = read(memory, PROFILE_KEY);
  const color = text(member(kept, "color"));
  const nickname = text(member(kept, "nickname")) ?? "";
  const fallback = PALETTE[Math.min(PALETTE.length - 1, Math.floor(chance * PALETTE.length))] ?? PALETTE[0];
  return {
    nickname: [...nickname].slice(0, NICKNAME_CHARS_MAX).join(""),
    color: color !== undefined && /^#[0-9a-f]{6}$/i.test(color) ? color : fallback,
    look: lookOf(member(kept, "look")),
  };
}

/** Whether nobody has chosen here before. */
export function isNewcomer(memory: Memory): boolean {
  return text(member(read(memory, PROFILE_KEY), "color")) === undefined;
}

export function writeProfile(memory: Memory, profile: Profile): void {
  write(memory, PROFILE_KEY, { ...profile, look: { ...profile.look } });
}

/** Reads the settings; `reduce_motion` is what the system asks for until the visitor decides. */
export function readSettings(memory: Memory, reduce_motion: boolean): Settings {
  const kept = read(memory, SETTINGS_KEY);
  const flag = (name: string, otherwise: boolean) => {
    const value = member(kept, name);
    return typeof value === "boolean" ? value : otherwise;
  };
  const speed = number(member(kept, "look_speed")) ?? 1;
  return {
    fly: flag("fly", false),
    invert_look: flag("invert_look", false),
    look_speed: Math.min(LOOK_SPEED_RANGE[1], Math.max(LOOK_SPEED_RANGE[0], speed)),
    reduce_motion: flag("reduce_motion", reduce_motion),
    auto_fire: flag("auto_fire", true),
    graphics: GRAPHICS.find((each) => each === member(kept, "graphics")) ?? "automatic",
    headset: readHeadsetSettings(member(kept, "headset")),
    sound: readSoundSettings(member(kept, "sound")),
  };
}

export function writeSettings(memory: Memory, settings: Settings): void {
  write(memory, SETTINGS_KEY, { ...settings, headset: { ...settings.headset }, sound: { ...settings.sound } });
}

/** What is kept under a key, or undefined. */
export function read(memory: Memory, key: string): Json | undefined {
  try {
    return JSON.parse(memory.getItem(key) ?? "null") as Json;
  } catch {
    // Storage that is forbidden or was written by someone else: start anew.
    return undefined;
  }
}

/** Keeps a value under a key. */
export function write(memory: Memory, key: string, value: Json): void {
  try {
    memory.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs the memory of this choice, nothing else.
  }
}
