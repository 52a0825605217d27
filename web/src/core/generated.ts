/**
 * Numbers and names that Rust owns. Written by `cargo xtask codegen`: change the Rust sources, not this file.
 */

/** A nickname, characters; longer ones are refused with `nickname_too_long`. */
export const NICKNAME_CHARS_MAX = 40;

/** A chat line, characters; longer ones are refused with `text_too_long`. */
export const SAY_CHARS_MAX = 1000;

/** A snapshot's or room's name, characters; longer ones are refused with `name_too_long`. */
export const TITLE_CHARS_MAX = 80;

/** One component's canonical JSON, bytes; above it the command is refused with `component_too_large`. */
export const COMPONENT_BYTES_MAX = 65536;

/** How far a screen is shared onto and seen from, metres: farther away nobody reads what it shows; sharing onto a farther one is `too_far`, and what it shows is not sent there. */
export const SCREEN_REACH_M = 40;

/** Joints of a hand (WebXR Hand Input, `XRHandJoint`). */
export const JOINTS = 25;

/** How far from one's head a seat may be, metres: as far as people without tracked hands reach; farther ones are `too_far`. */
export const SEAT_REACH_MAX_M = 4;

/** How far from one's head a thing may be that is taken without tracked hands, metres; farther ones are `too_far`. */
export const GRAB_REACH_MAX_M = 4;

/** How far from a tracked hand a thing may be that it takes, metres; farther ones are `too_far`. */
export const HAND_REACH_MAX_M = 1.5;

/** How far from the head a thing is held without tracked hands, metres; what is held farther comes nearer. */
export const HOLD_DISTANCE_MAX_M = 3;

/** How long a holder has to hand over what somebody asks for, milliseconds; after that one has to ask again. */
export const ASK_MS = 2000;

/** What is let go of slower than this is put down, m/s or rad/s. */
export const THROW_MIN = 0.3;

/** How fast and with how much spin a thing is thrown at most, m/s and rad/s; what is thrown faster flies like this. */
export const THROW_MAX = 20;

/** How far a door may be whose handle one turns, metres, from the line of one's body to its surface; farther ones are `too_far`. */
export const DOOR_REACH_M = 3;

/** How far away something may lie that one picks up, metres, in the same way; farther things are `too_far`. */
export const COLLECT_REACH_M = 2;

/** How small two hands make a thing, factor of its shape; less is `bad_payload`. */
export const SCALE_MIN = 0.05;

/** How large two hands make a thing, factor of its shape; more is `bad_payload`. */
export const SCALE_MAX = 20;

/** Gravity where nothing else is said, m/s² along y. */
export const GRAVITY = -9.81;

/** Zones of voices that count in one room, by id; voices carry in others as everywhere. */
export const VOICE_ZONES_MAX = 64;

/** How far below its place a zone reaches, metres, by heads: who sits at a table and who stands on a stage are in it. */
export const VOICE_ZONE_BELOW_M = 1;

/** How far above, metres. */
export const VOICE_ZONE_ABOVE_M = 4;

/** How far a zone of voices reaches unless it says so, metres. */
export const VOICE_ZONE_RADIUS_M = 3;

/** Most voices that an operator may set for one listener; above it the configuration is refused. */
export const VOICE_SLOTS_MAX = 16;

/** People whom one listener may ask not to hear; of longer lists the rest is heard. */
export const UNHEARD_MAX = 256;

/** Screens one person sees at once, each a media line of their offer; farther ones are not sent: two fill a view. */
export const SCREENS_SEEN_MAX = 2;

/** Screens of which one person says how they wish to see them; of longer lists nothing counts. */
export const SCREEN_WISHES_MAX = 64;

/** Where things lie in an avatar's row; TypeScript's copy is written from here. */
export const AVATAR_ROW = {
  /** Index of its entity. */
  index: 0,
  /** Bits of `flag`. */
  flags: 1,
  /** Head: position and quaternion. */
  head: 2,
  /** Left hand, zeros when it is not tracked. */
  left: 9,
  /** Right hand. */
  right: 16,
  /** Age of the newest sample, milliseconds. */
  age_ms: 23,
  /** All of them. */
  floats: 24,
} as const;

/** Bits of a row's flags. */
export const AVATAR_FLAG = {
  /** The left hand is tracked. */
  left: 1,
  /** The right hand is tracked. */
  right: 2,
  /** The fingers are tracked. */
  fingers: 4,
  /** It jumped since the last frame. */
  jumped: 8,
  /** The person speaks. */
  speaking: 16,
  /** The person's connection is lost for the moment. */
  away: 32,
  /** The person holds something. */
  holding: 64,
  /** From this bit on: the tier of the newest sample, three bits. */
  tier_shift: 8,
} as const;

/** Where things lie in a hand's row; TypeScript's copy is written from here. */
export const HAND_ROW = {
  /** Index of its person's entity. */
  index: 0,
  /** 1 for the right hand. */
  right: 1,
  /** Joints in the frame of the hand's place, three numbers each, metres. */
  points: 2,
  /** All of them. */
  floats: 77,
} as const;

/** Where things lie in a monster's row. */
export const MONSTER_ROW = {
  /** Index of its entity. */
  index: 0,
  /** What it is about, by number. */
  doing: 1,
  /** Since when, seconds. */
  since_s: 2,
  /** Its feet, metres. */
  place: 3,
  /** Where it faces, radians about Y, +Z towards +X. */
  heading: 6,
  /** All of them. */
  floats: 7,
} as const;

/** Where things lie in a shot's row. */
export const SHOT_ROW = {
  /** Index of the entity of who fired it, or −1. */
  by: 0,
  /** Which shot. */
  id: 1,
  /** 0 a bullet, 1 a fireball. */
  kind: 2,
  /** 1: it ends. */
  ended: 3,
  /** What it met: 0 nothing, 1 a thing, 2 somebody. */
  met: 4,
  /** When, on the room's clock, milliseconds. */
  at_ms: 5,
  /** Where it begins, metres. */
  from: 6,
  /** Where it ends, metres. */
  to: 9,
  /** How fast it flies, m/s; 0 is at once. */
  speed: 12,
  /** All of them. */
  floats: 13,
} as const;

/** Bits of what changed about an entity. */
export const CHANGE = {
  /** It is new. */
  created: 1,
  /** It is gone. */
  removed: 2,
  /** Its own place: position, rotation, scale, spin, animate. */
  transform: 4,
  /** What it looks like. */
  look: 8,
  /** What it hangs on. */
  parent: 16,
  /** Whose it is: avatar, nickname, status. */
  people: 32,
  /** Any other component. */
  other: 64,
} as const;

/** Interactions as bits of one number, for shells; TypeScript's copy is written from here. */
export const INTERACTION = {
  /** One may sit down on it. */
  sit: 1,
  /** One may stand up from it. */
  stand: 2,
  /** One may take it. */
  grab: 4,
  /** One may ask who holds it for it. */
  ask: 8,
  /** One may let go of it. */
  release: 16,
  /** One may throw it. */
  throw: 32,
  /** One may use it. */
  trigger: 64,
  /** One may make it larger and smaller. */
  resize: 128,
  /** One may share onto it. */
  share: 256,
  /** One may end that. */
  unshare: 512,
  /** One may open it. */
  open: 1024,
  /** One may close it. */
  close: 2048,
  /** One may pick it up for good. */
  collect: 4096,
} as const;

/** The shapes a `shape` may be. */
export const SHAPES = ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"] as const;
export type ShapeKind = (typeof SHAPES)[number];

/** The lights a `light` may be. */
export const LIGHTS = ["point", "spot", "directional", "hemispheric"] as const;
export type LightKind = (typeof LIGHTS)[number];

/** The skies a `sky` may name. */
export const SKIES = ["day", "dusk", "night", "studio", "overcast"] as const;
export type SkyName = (typeof SKIES)[number];

/** The surfaces a `material` may name. */
export const MATERIALS = ["matte", "satin", "glossy", "metal", "glass", "glow", "grid"] as const;
export type MaterialName = (typeof MATERIALS)[number];

/** The shapes a person's head may have. */
export const AVATAR_HEADS = ["round", "tall", "wide"] as const;
export type AvatarHead = (typeof AVATAR_HEADS)[number];

/** What may be on a person's head: hair and hats. */
export const AVATAR_TOPS = ["none", "short", "bun", "curls", "cap", "beanie"] as const;
export type AvatarTop = (typeof AVATAR_TOPS)[number];

/** What may be before a person's eyes. */
export const AVATAR_FACES = ["none", "round_glasses", "square_glasses"] as const;
export type AvatarFace = (typeof AVATAR_FACES)[number];
