/** The sounds that a room's rules may play, by name. How they sound is in `sound/`, which comes with the first of them. Pure. */

export const SOUNDS = [
  "chime",
  "click",
  "buzz",
  "door",
  "thud",
  "pick_up",
  "alarm",
  "shot",
  "zap",
  "pain",
  "step",
  "win",
  "lose",
  "growl",
] as const;
export type SoundName = (typeof SOUNDS)[number];

/** A sound by the name a maker wrote; one that nobody knows is a chime. */
export function soundOf(name: string | undefined): SoundName {
  return SOUNDS.find((sound) => sound === name) ?? "chime";
}

/** A place of the room, metres. */
export type SoundPlace = readonly [x: number, y: number, z: number];
