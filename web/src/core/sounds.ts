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
  "shotgun",
  "rifle",
  "launcher",
  "empty",
  "reload",
  "switch_weapon",
  "fireball",
  "burst",
  "body_hit",
  "wall_hit",
  "pick_weapon",
  "pick_health",
  "pick_armour",
  "pick_immunity",
  "pick_ammunition",
  "pick_key",
  "lift",
  "walker_growl",
  "walker_sees",
  "walker_pain",
  "walker_dies",
  "spitter_growl",
  "spitter_sees",
  "spitter_pain",
  "spitter_dies",
  "brute_growl",
  "brute_sees",
  "brute_pain",
  "brute_dies",
] as const;
export type SoundName = (typeof SOUNDS)[number];

/** A sound by the name a maker wrote; one that nobody knows is a chime. */
export function soundOf(name: string | undefined): SoundName {
  return SOUNDS.find((sound) => sound === name) ?? "chime";
}

/** How a place hums, by the word in its `game`. */
export const AMBIENCES = ["hall", "wind"] as const;
export type Ambience = (typeof AMBIENCES)[number];

/** A place of the room, metres. */
export type SoundPlace = readonly [x: number, y: number, z: number];
