/** How this visitor wants to move and look, remembered by the browser. */
import { BehaviorSubject } from "rxjs";
import type { HeadsetSettings } from "./headset_settings";
import { type Memory, readSettings, writeSettings } from "./memory";
import type { SoundSettings } from "./sound_settings";

/** How finely the room is drawn: as finely as the machine keeps up with, or as someone decided. */
export const GRAPHICS = ["automatic", "high", "medium", "low"] as const;
export type Graphics = (typeof GRAPHICS)[number];

/** Settings a visitor changes and we remember in localStorage. */
export interface Settings {
  readonly fly: boolean;
  readonly invert_look: boolean;
  readonly look_speed: number;
  readonly reduce_motion: boolean;
  /** On a phone a weapon shoots by itself at who is one's enemy in the middle of the view. */
  readonly auto_fire: boolean;
  readonly graphics: Graphics;
  readonly headset: HeadsetSettings;
  readonly sound: SoundSettings;
}

export class Preferences {
  readonly settings$: BehaviorSubject<Settings>;

  constructor(memory: Memory, reduce_motion: boolean) {
    this.settings$ = new BehaviorSubject(readSettings(memory, reduce_motion));
    this.settings$.subscribe((settings) => writeSettings(memory, settings));
  }
}
