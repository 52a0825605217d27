/**
 * The known components: their types, and what an inspector needs to edit them.
 *
 * Written from `crates/world/src/schema` by `cargo xtask codegen`: change the declaration, not this file.
 */
import type { Json } from "./json";

type Vec3 = readonly [number, number, number];
type Quaternion = readonly [number, number, number, number];
type Place = readonly [number, number, number, number, number, number, number];
/** Fields that makers add. */
type Own = { readonly [name: string]: Json | undefined };

/** What a value is. */
export type Kind =
  | { readonly is: "any" | "bool" | "mark" | "entity" | "link" | "rotation" | "color" | "place" }
  | { readonly is: "text"; readonly chars_max: number }
  | { readonly is: "word"; readonly words: readonly string[] }
  | { readonly is: "number" | "vec3"; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly is: "object"; readonly fields: { readonly [name: string]: FieldInfo } }
  | { readonly is: "list"; readonly of: Kind; readonly max: number }
  | { readonly is: "either"; readonly kinds: readonly Kind[] };

/** A field of an object. */
export interface FieldInfo {
  readonly kind: Kind;
  readonly required: boolean;
  /** What a reader takes where it is missing. */
  readonly default?: Json;
}

/** A known component. */
export interface ComponentInfo {
  readonly group: string;
  /** Written by the room and its rules alone, unchecked. */
  readonly server_only: boolean;
  /** What it is for. */
  readonly words: string;
  readonly kind: Kind;
}

/** The known components of an entity, each in its one spelling. */
export interface Components {
  /** Shots that are left. */
  readonly ammo?: number;
  /** A motion on the room's clock; without a start it begins when it is seen to change, and has ended for newcomers. */
  readonly animate?: { readonly from?: { readonly position?: Vec3; readonly rotation?: Quaternion; readonly scale?: Vec3 } & Own; readonly to: { readonly position?: Vec3; readonly rotation?: Quaternion; readonly scale?: Vec3 } & Own; readonly start_ms?: number; readonly duration_ms: number; readonly ease?: "linear" | "smooth"; readonly repeat?: "once" | "loop" | "swing" } & Own;
  /** What hits take before health. */
  readonly armour?: number;
  /** A sound (KHR_audio_emitter). */
  readonly audio?: Json;
  /** How a person looks; makes the entity one. */
  readonly avatar?: { readonly model?: string; readonly color?: string; readonly head?: "round" | "tall" | "wide"; readonly top?: "none" | "short" | "bun" | "curls" | "cap" | "beanie"; readonly face?: "none" | "round_glasses" | "square_glasses"; readonly hair?: string } & Own;
  /** How it moves when pushed (OMI_physics_body). */
  readonly body?: { readonly motion?: "static" | "kinematic" | "dynamic"; readonly mass?: number; readonly friction?: number; readonly restitution?: number; readonly gravityFactor?: number } & Own;
  /** Flies and hits. */
  readonly bullet?: Json;
  /** Goes into the inventory of whoever takes it. */
  readonly collectable?: boolean | { readonly label?: string; readonly amount?: number; readonly item?: string; readonly respawn_ms?: number } & Own;
  /** What others bump into (OMI_physics_shape); false for nothing, and as the shape is where it says no more; a model's are the hull of its `points`, or the `triangles` between them. */
  readonly collider?: boolean | { readonly shape?: "box" | "sphere" | "capsule" | "cylinder" | "convex" | "trimesh"; readonly size?: Vec3; readonly radius?: number; readonly height?: number; readonly offset?: Vec3; readonly points?: readonly (Vec3)[]; readonly triangles?: readonly (Vec3)[] } & Own;
  /** Its colour. */
  readonly color?: string;
  /** Has died, and is back when the room's clock is `until`. */
  readonly dead?: Json;
  /** How often a person has died. */
  readonly deaths?: number;
  /** Where it is bound for. */
  readonly direction?: Vec3;
  /** Opens and closes. */
  readonly door?: boolean | { readonly state?: "open" | "closed"; readonly key?: string; readonly slide?: Vec3; readonly swing?: number; readonly duration_ms?: number } & Own;
  /** Whether a door is open. */
  readonly door_state?: "open" | "closed";
  /** How it went on when it was let go of; gone when it rests. */
  readonly flight?: { readonly velocity?: Vec3; readonly spin?: Vec3 } & Own;
  /** People stand on it. */
  readonly floor?: boolean | Own;
  /** Whether people may fly in this room; of several the first entity's counts. */
  readonly flying?: boolean;
  /** How the game of this room goes; of several the first entity's counts. */
  readonly game?: { readonly health?: number; readonly respawn_ms?: number; readonly friendly_fire?: boolean; readonly ready?: boolean; readonly reset_ms?: number; readonly checked?: boolean; readonly ambience?: "hall" | "wind" } & Own;
  /** How fast things and people fall in this room, along y, instead of -9.81; of several the first entity's counts. */
  readonly gravity?: number;
  /** Shoots, in the hand of whoever has picked it up as the `item` of its `collectable`. */
  readonly gun?: boolean | { readonly kind?: "hitscan" | "projectile"; readonly damage?: number; readonly rate?: number; readonly pellets?: number; readonly spread?: number; readonly ammo?: string; readonly capacity?: number; readonly reload_ms?: number; readonly speed?: number; readonly range?: number; readonly sound?: string } & Own;
  /** What hits take. */
  readonly health?: number;
  /** In whose hand it is. */
  readonly held_by?: { readonly user?: string; readonly hand?: "left" | "right" } & Own;
  /** It turns about a line that stays where it is, as doors and see-saws do. */
  readonly hinge?: { readonly axis?: Vec3; readonly at?: Vec3; readonly least?: number; readonly most?: number; readonly zero?: Quaternion } & Own;
  /** People may take it into a hand. */
  readonly holdable?: boolean | { readonly offset?: { readonly position?: Vec3; readonly rotation?: Quaternion } & Own; readonly policy?: "deny" | "ask" | "allow" | "steal" } & Own;
  /** What a person has in their hands. */
  readonly holding?: { readonly left?: string; readonly right?: string } & Own;
  /** Nothing hurts them until the room's clock says so. */
  readonly immune?: { readonly until: number } & Own;
  /** In which socket it is. */
  readonly in_socket?: string;
  /** What a person carries. */
  readonly inventory?: Json;
  /** It lives as long as that entity. */
  readonly keep_while?: string;
  /** How many a person has killed. */
  readonly kills?: number;
  /** Carries people up and down. */
  readonly lift?: boolean | { readonly height?: number; readonly speed?: number } & Own;
  /** Where a lift is, or is bound for. */
  readonly lift_state?: "up" | "down";
  /** It shines. */
  readonly light?: { readonly kind: "point" | "spot" | "directional" | "hemispheric"; readonly intensity?: number; readonly color?: string; readonly range?: number; readonly angle?: number } & Own;
  /** Builders leave it as it is until it is unlocked. */
  readonly locked?: boolean;
  /** Shows what has happened here. */
  readonly log_wall?: Json;
  /** How its surface answers light: a word, or more closely. */
  readonly material?: "matte" | "satin" | "glossy" | "metal" | "glass" | "glow" | "grid" | string | { readonly grid?: boolean; readonly glow?: number; readonly roughness?: number; readonly metal?: boolean } & Own;
  /** Whoever holds it is heard in the whole room. */
  readonly megaphone?: boolean | Own;
  /** Whether a person's microphone is open. */
  readonly mic?: Json;
  /** A glTF model; a `collider` of its corners makes it solid. */
  readonly model?: { readonly url: string; readonly animation?: string } & Own;
  /** Hunts people. */
  readonly monster?: boolean | { readonly kind?: "walker" | "spitter" | "brute"; readonly health?: number; readonly speed?: number; readonly damage?: number; readonly sight?: number; readonly points?: number } & Own;
  /** A moderator has closed a person's microphone. */
  readonly muted?: boolean;
  /** What makers call it. */
  readonly name?: string;
  /** What a person is called. */
  readonly nickname?: string;
  /** Somebody sits here. */
  readonly occupied?: boolean;
  /** Who sits here. */
  readonly occupied_by?: Json;
  /** The game is over; the room is as it was made when its clock says so. */
  readonly over?: { readonly until: number } & Own;
  /** Whose it is. */
  readonly owned_by?: Json;
  /** What it hangs on: position, rotation and scale are relative to that. */
  readonly parent?: { readonly entity: string; readonly node?: string } & Own;
  /** What has been won. */
  readonly points?: number;
  /** Leads to another room or page (OMI_link). */
  readonly portal?: { readonly uri?: string; readonly room?: string; readonly title?: string } & Own;
  /** Head and hands where a person last was; live ones are motion. */
  readonly pose?: { readonly head?: Place; readonly left?: Place; readonly right?: Place } & Own;
  /** Where it is. */
  readonly position?: Vec3;
  /** Rules make copies of it; its own rules do nothing. */
  readonly prefab?: boolean | Own;
  /** They wait for the game to begin. */
  readonly ready?: boolean;
  /** What a person may do. */
  readonly role?: string;
  /** How it is turned. */
  readonly rotation?: Quaternion;
  /** What happens when something happens ([rules](rules.md)): a list of rules. */
  readonly rules?: Json;
  /** What rules have done, and what they still have to do. */
  readonly rules_state?: Json;
  /** How much larger it is. */
  readonly scale?: Vec3;
  /** What has been reached. */
  readonly score?: number;
  /** Shows what one person shares onto it: their screen, a window, a camera. */
  readonly screen?: boolean | { readonly who?: "everyone" | "builders" | "moderators" } & Own;
  /** What it does, in JavaScript. */
  readonly script?: Json;
  /** People sit on it (OMI_seat). */
  readonly seat?: { readonly back?: Vec3; readonly foot?: Vec3; readonly knee?: Vec3; readonly angle?: number } & Own;
  /** Plays notes. */
  readonly sequencer?: Json;
  /** A mesh as an earlier system kept it. */
  readonly serialized_mesh?: Json;
  /** A simple form. */
  readonly shape?: { readonly kind: "box" | "sphere" | "cylinder" | "cone" | "capsule" | "plane" | "ground"; readonly size?: number; readonly width?: number; readonly height?: number; readonly depth?: number; readonly diameter?: number; readonly diameterX?: number; readonly diameterY?: number; readonly diameterZ?: number; readonly diameterTop?: number; readonly diameterBottom?: number; readonly radius?: number } & Own;
  /** Who shares onto this screen. */
  readonly shared_by?: Json;
  /** Onto which screen a person shares. */
  readonly sharing_on?: Json;
  /** Whether a person sits. */
  readonly sitting?: Json;
  /** On what a person sits. */
  readonly sitting_on?: Json;
  /** What is above and around: one of our skies, its colours, or both. */
  readonly sky?: { readonly preset?: "day" | "dusk" | "night" | "studio" | "overcast"; readonly top?: string; readonly horizon?: string; readonly ground?: string; readonly haze?: number; readonly light?: number; readonly turn?: number; readonly plain?: boolean } & Own | "day" | "dusk" | "night" | "studio" | "overcast" | Json;
  /** One thing that people hold fits into it. */
  readonly socket?: boolean | { readonly accepts?: string; readonly offset?: { readonly position?: Vec3; readonly rotation?: Quaternion } & Own } & Own;
  /** People arrive near it. */
  readonly spawn_point?: boolean | { readonly title?: string; readonly team?: string; readonly group?: string } & Own;
  /** What it is a copy of, made by a rule. */
  readonly spawned_by?: string;
  /** Monsters of a wave come out of it. */
  readonly spawner?: boolean | { readonly kind?: "walker" | "spitter" | "brute"; readonly group?: string } & Own;
  /** It turns, about its own axes. */
  readonly spin?: Vec3;
  /** How it goes. */
  readonly status?: Json;
  /** What games tell it by. */
  readonly tag?: string | readonly (string)[];
  /** Somebody has picked it up; it is back when the room's clock says so. */
  readonly taken?: { readonly until: number } & Own;
  /** Whom it follows. */
  readonly target?: Json;
  /** Whom they play with. */
  readonly team?: string;
  /** People may point at it to go there. */
  readonly teleportable?: boolean | Own;
  /** A text to read. */
  readonly text?: { readonly value: string; readonly size?: number } & Own;
  /** It flies on when let go of. */
  readonly throwable?: boolean | Own;
  /** It does something when used. */
  readonly triggerable?: boolean | { readonly type?: "discrete" | "continuous" } & Own;
  /** How long it lives. */
  readonly ttl?: number;
  /** Two hands make it larger and smaller. */
  readonly two_hand_scalable?: boolean | Own;
  /** How fast it flies. */
  readonly velocity?: Vec3;
  /** 0 is unseen. */
  readonly visibility?: number;
  /** Around it voices carry otherwise: a `private` table hears itself alone, a `stage` is heard in the whole room. */
  readonly voice_zone?: { readonly kind: "private" | "stage"; readonly radius?: number } & Own;
  /** People do not walk through it. */
  readonly wall?: boolean | Own;
  /** Of which waves it is. */
  readonly wave_of?: string;
  /** Monsters come in waves out of the spawners of its group, once a rule says so. */
  readonly waves?: boolean | { readonly group?: string; readonly count?: number; readonly pause_ms?: number; readonly per_player?: number } & Own;
  /** Which wave it is, of how many, and how many of it are still to come and alive. */
  readonly waves_state?: Json;
  /** Which of their weapons they have in hand. */
  readonly weapon?: string;
  /** What they can shoot with, by name. */
  readonly weapons?: Json;
  /** People draw on it. */
  readonly whiteboard?: Json;
}

/** The known components by name, in the order of their groups. */
export const COMPONENTS: { readonly [name: string]: ComponentInfo } = {
  color: { group: "shape", server_only: false, words: "Its colour.", kind: { is: "color" } },
  light: { group: "shape", server_only: false, words: "It shines.", kind: { is: "object", fields: {
    kind: { required: true, kind: { is: "word", words: ["point", "spot", "directional", "hemispheric"] } },
    intensity: { required: false, default: 1, kind: { is: "number", min: 0, max: 1000, unit: "" } },
    color: { required: false, default: "#FFFFFF", kind: { is: "color" } },
    range: { required: false, default: 12, kind: { is: "number", min: 0, max: 10000, unit: "m" } },
    angle: { required: false, default: 1, kind: { is: "number", min: 0, max: 6.3, unit: "radians" } },
  } } },
  material: { group: "shape", server_only: false, words: "How its surface answers light: a word, or more closely.", kind: { is: "either", kinds: [{ is: "word", words: ["matte", "satin", "glossy", "metal", "glass", "glow", "grid"] }, { is: "text", chars_max: 64 }, { is: "object", fields: {
    grid: { required: false, default: false, kind: { is: "bool" } },
    glow: { required: false, default: 0, kind: { is: "number", min: 0, max: 1, unit: "" } },
    roughness: { required: false, default: 1, kind: { is: "number", min: 0, max: 1, unit: "" } },
    metal: { required: false, default: false, kind: { is: "bool" } },
  } }] } },
  model: { group: "shape", server_only: false, words: "A glTF model; a `collider` of its corners makes it solid.", kind: { is: "object", fields: {
    url: { required: true, kind: { is: "link" } },
    animation: { required: false, kind: { is: "text", chars_max: 80 } },
  } } },
  name: { group: "shape", server_only: false, words: "What makers call it.", kind: { is: "text", chars_max: 2000 } },
  serialized_mesh: { group: "shape", server_only: false, words: "A mesh as an earlier system kept it.", kind: { is: "any" } },
  shape: { group: "shape", server_only: false, words: "A simple form.", kind: { is: "object", fields: {
    kind: { required: true, kind: { is: "word", words: ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"] } },
    size: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    width: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    height: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    depth: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    diameter: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    diameterX: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    diameterY: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    diameterZ: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    diameterTop: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    diameterBottom: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    radius: { required: false, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
  } } },
  sky: { group: "shape", server_only: false, words: "What is above and around: one of our skies, its colours, or both.", kind: { is: "either", kinds: [{ is: "object", fields: {
    preset: { required: false, default: "day", kind: { is: "word", words: ["day", "dusk", "night", "studio", "overcast"] } },
    top: { required: false, kind: { is: "color" } },
    horizon: { required: false, kind: { is: "color" } },
    ground: { required: false, kind: { is: "color" } },
    haze: { required: false, kind: { is: "number", min: 0, max: 10000, unit: "m" } },
    light: { required: false, default: 1, kind: { is: "number", min: 0, max: 2, unit: "" } },
    turn: { required: false, default: 0, kind: { is: "number", min: -6.3, max: 6.3, unit: "radians" } },
    plain: { required: false, default: true, kind: { is: "bool" } },
  } }, { is: "word", words: ["day", "dusk", "night", "studio", "overcast"] }, { is: "any" }] } },
  text: { group: "shape", server_only: false, words: "A text to read.", kind: { is: "object", fields: {
    value: { required: true, kind: { is: "text", chars_max: 2000 } },
    size: { required: false, default: 0.3, kind: { is: "number", min: 0.001, max: 1000, unit: "m per line" } },
  } } },
  visibility: { group: "shape", server_only: false, words: "0 is unseen.", kind: { is: "number", min: 0, max: 1, unit: "" } },
  animate: { group: "place", server_only: false, words: "A motion on the room's clock; without a start it begins when it is seen to change, and has ended for newcomers.", kind: { is: "object", fields: {
    from: { required: false, kind: { is: "object", fields: {
      position: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
      rotation: { required: false, kind: { is: "rotation" } },
      scale: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "" } },
    } } },
    to: { required: true, kind: { is: "object", fields: {
      position: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
      rotation: { required: false, kind: { is: "rotation" } },
      scale: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "" } },
    } } },
    start_ms: { required: false, kind: { is: "number", min: -9007199254740992, max: 9007199254740992, unit: "ms of the room's clock" } },
    duration_ms: { required: true, kind: { is: "number", min: 0, max: 2592000000, unit: "ms" } },
    ease: { required: false, default: "linear", kind: { is: "word", words: ["linear", "smooth"] } },
    repeat: { required: false, default: "once", kind: { is: "word", words: ["once", "loop", "swing"] } },
  } } },
  locked: { group: "place", server_only: false, words: "Builders leave it as it is until it is unlocked.", kind: { is: "bool" } },
  parent: { group: "place", server_only: false, words: "What it hangs on: position, rotation and scale are relative to that.", kind: { is: "object", fields: {
    entity: { required: true, kind: { is: "entity" } },
    node: { required: false, kind: { is: "text", chars_max: 64 } },
  } } },
  position: { group: "place", server_only: false, words: "Where it is.", kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
  rotation: { group: "place", server_only: false, words: "How it is turned.", kind: { is: "rotation" } },
  scale: { group: "place", server_only: false, words: "How much larger it is.", kind: { is: "vec3", min: -10000, max: 10000, unit: "" } },
  spin: { group: "place", server_only: false, words: "It turns, about its own axes.", kind: { is: "vec3", min: -10000, max: 10000, unit: "radians per second" } },
  avatar: { group: "people", server_only: false, words: "How a person looks; makes the entity one.", kind: { is: "object", fields: {
    model: { required: false, kind: { is: "text", chars_max: 2000 } },
    color: { required: false, kind: { is: "color" } },
    head: { required: false, default: "round", kind: { is: "word", words: ["round", "tall", "wide"] } },
    top: { required: false, default: "none", kind: { is: "word", words: ["none", "short", "bun", "curls", "cap", "beanie"] } },
    face: { required: false, default: "none", kind: { is: "word", words: ["none", "round_glasses", "square_glasses"] } },
    hair: { required: false, kind: { is: "color" } },
  } } },
  dead: { group: "people", server_only: true, words: "Has died, and is back when the room's clock is `until`.", kind: { is: "any" } },
  health: { group: "people", server_only: true, words: "What hits take.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  holding: { group: "people", server_only: true, words: "What a person has in their hands.", kind: { is: "object", fields: {
    left: { required: false, kind: { is: "entity" } },
    right: { required: false, kind: { is: "entity" } },
  } } },
  immune: { group: "people", server_only: true, words: "Nothing hurts them until the room's clock says so.", kind: { is: "object", fields: {
    until: { required: true, kind: { is: "number", min: 0, max: 9000000000000000, unit: "ms" } },
  } } },
  inventory: { group: "people", server_only: true, words: "What a person carries.", kind: { is: "any" } },
  mic: { group: "people", server_only: false, words: "Whether a person's microphone is open.", kind: { is: "any" } },
  muted: { group: "people", server_only: true, words: "A moderator has closed a person's microphone.", kind: { is: "bool" } },
  nickname: { group: "people", server_only: false, words: "What a person is called.", kind: { is: "text", chars_max: 40 } },
  pose: { group: "people", server_only: false, words: "Head and hands where a person last was; live ones are motion.", kind: { is: "object", fields: {
    head: { required: false, kind: { is: "place" } },
    left: { required: false, kind: { is: "place" } },
    right: { required: false, kind: { is: "place" } },
  } } },
  ready: { group: "people", server_only: true, words: "They wait for the game to begin.", kind: { is: "bool" } },
  role: { group: "people", server_only: true, words: "What a person may do.", kind: { is: "text", chars_max: 64 } },
  sharing_on: { group: "people", server_only: true, words: "Onto which screen a person shares.", kind: { is: "any" } },
  sitting: { group: "people", server_only: true, words: "Whether a person sits.", kind: { is: "any" } },
  sitting_on: { group: "people", server_only: true, words: "On what a person sits.", kind: { is: "any" } },
  status: { group: "people", server_only: true, words: "How it goes.", kind: { is: "any" } },
  team: { group: "people", server_only: true, words: "Whom they play with.", kind: { is: "text", chars_max: 64 } },
  weapon: { group: "people", server_only: true, words: "Which of their weapons they have in hand.", kind: { is: "text", chars_max: 80 } },
  weapons: { group: "people", server_only: true, words: "What they can shoot with, by name.", kind: { is: "any" } },
  body: { group: "handling", server_only: false, words: "How it moves when pushed (OMI_physics_body).", kind: { is: "object", fields: {
    motion: { required: false, default: "dynamic", kind: { is: "word", words: ["static", "kinematic", "dynamic"] } },
    mass: { required: false, default: 1, kind: { is: "number", min: 0.001, max: 1000000, unit: "kg" } },
    friction: { required: false, default: 0.5, kind: { is: "number", min: 0, max: 10, unit: "" } },
    restitution: { required: false, default: 0, kind: { is: "number", min: 0, max: 1, unit: "" } },
    gravityFactor: { required: false, default: 1, kind: { is: "number", min: -10, max: 10, unit: "" } },
  } } },
  collider: { group: "handling", server_only: false, words: "What others bump into (OMI_physics_shape); false for nothing, and as the shape is where it says no more; a model's are the hull of its `points`, or the `triangles` between them.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    shape: { required: false, kind: { is: "word", words: ["box", "sphere", "capsule", "cylinder", "convex", "trimesh"] } },
    size: { required: false, kind: { is: "vec3", min: 0.001, max: 10000, unit: "m" } },
    radius: { required: false, kind: { is: "number", min: 0.001, max: 10000, unit: "m" } },
    height: { required: false, kind: { is: "number", min: 0.001, max: 10000, unit: "m" } },
    offset: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
    points: { required: false, kind: { is: "list", of: { is: "vec3", min: -10000, max: 10000, unit: "m" }, max: 128 } },
    triangles: { required: false, kind: { is: "list", of: { is: "vec3", min: 0, max: 127, unit: "" }, max: 256 } },
  } }] } },
  flight: { group: "handling", server_only: true, words: "How it went on when it was let go of; gone when it rests.", kind: { is: "object", fields: {
    velocity: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "m/s" } },
    spin: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "rad/s" } },
  } } },
  held_by: { group: "handling", server_only: true, words: "In whose hand it is.", kind: { is: "object", fields: {
    user: { required: false, kind: { is: "text", chars_max: 64 } },
    hand: { required: false, kind: { is: "word", words: ["left", "right"] } },
  } } },
  hinge: { group: "handling", server_only: false, words: "It turns about a line that stays where it is, as doors and see-saws do.", kind: { is: "object", fields: {
    axis: { required: false, default: [0,1,0], kind: { is: "vec3", min: -1, max: 1, unit: "" } },
    at: { required: false, default: [0,0,0], kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
    least: { required: false, kind: { is: "number", min: -6.3, max: 6.3, unit: "radians" } },
    most: { required: false, kind: { is: "number", min: -6.3, max: 6.3, unit: "radians" } },
    zero: { required: false, kind: { is: "rotation" } },
  } } },
  holdable: { group: "handling", server_only: false, words: "People may take it into a hand.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    offset: { required: false, kind: { is: "object", fields: {
      position: { required: false, default: [0,0,0], kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
      rotation: { required: false, default: [0,0,0,1], kind: { is: "rotation" } },
    } } },
    policy: { required: false, default: "allow", kind: { is: "word", words: ["deny", "ask", "allow", "steal"] } },
  } }] } },
  in_socket: { group: "handling", server_only: true, words: "In which socket it is.", kind: { is: "entity" } },
  megaphone: { group: "handling", server_only: false, words: "Whoever holds it is heard in the whole room.", kind: { is: "mark" } },
  socket: { group: "handling", server_only: false, words: "One thing that people hold fits into it.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    accepts: { required: false, kind: { is: "text", chars_max: 64 } },
    offset: { required: false, kind: { is: "object", fields: {
      position: { required: false, default: [0,0,0], kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
      rotation: { required: false, default: [0,0,0,1], kind: { is: "rotation" } },
    } } },
  } }] } },
  throwable: { group: "handling", server_only: false, words: "It flies on when let go of.", kind: { is: "mark" } },
  triggerable: { group: "handling", server_only: false, words: "It does something when used.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    type: { required: false, default: "discrete", kind: { is: "word", words: ["discrete", "continuous"] } },
  } }] } },
  two_hand_scalable: { group: "handling", server_only: false, words: "Two hands make it larger and smaller.", kind: { is: "mark" } },
  floor: { group: "moving about", server_only: false, words: "People stand on it.", kind: { is: "mark" } },
  flying: { group: "moving about", server_only: false, words: "Whether people may fly in this room; of several the first entity's counts.", kind: { is: "bool" } },
  gravity: { group: "moving about", server_only: false, words: "How fast things and people fall in this room, along y, instead of -9.81; of several the first entity's counts.", kind: { is: "number", min: -50, max: 50, unit: "m/s²" } },
  lift: { group: "moving about", server_only: false, words: "Carries people up and down.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    height: { required: false, default: 3, kind: { is: "number", min: -10000, max: 10000, unit: "m" } },
    speed: { required: false, default: 1.5, kind: { is: "number", min: 0.05, max: 100, unit: "m/s" } },
  } }] } },
  lift_state: { group: "moving about", server_only: true, words: "Where a lift is, or is bound for.", kind: { is: "word", words: ["up", "down"] } },
  occupied: { group: "moving about", server_only: true, words: "Somebody sits here.", kind: { is: "bool" } },
  occupied_by: { group: "moving about", server_only: true, words: "Who sits here.", kind: { is: "any" } },
  portal: { group: "moving about", server_only: false, words: "Leads to another room or page (OMI_link).", kind: { is: "object", fields: {
    uri: { required: false, kind: { is: "link" } },
    room: { required: false, kind: { is: "text", chars_max: 80 } },
    title: { required: false, kind: { is: "text", chars_max: 80 } },
  } } },
  seat: { group: "moving about", server_only: false, words: "People sit on it (OMI_seat).", kind: { is: "object", fields: {
    back: { required: false, default: [0,0,0], kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
    foot: { required: false, default: [0,0,0], kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
    knee: { required: false, default: [0,0,0], kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
    angle: { required: false, default: 1.5707964, kind: { is: "number", min: 0, max: 6.3, unit: "radians" } },
  } } },
  spawn_point: { group: "moving about", server_only: false, words: "People arrive near it.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    title: { required: false, kind: { is: "text", chars_max: 80 } },
    team: { required: false, kind: { is: "text", chars_max: 64 } },
    group: { required: false, kind: { is: "text", chars_max: 64 } },
  } }] } },
  teleportable: { group: "moving about", server_only: false, words: "People may point at it to go there.", kind: { is: "mark" } },
  wall: { group: "moving about", server_only: false, words: "People do not walk through it.", kind: { is: "mark" } },
  bullet: { group: "things that do something", server_only: false, words: "Flies and hits.", kind: { is: "any" } },
  collectable: { group: "things that do something", server_only: false, words: "Goes into the inventory of whoever takes it.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    label: { required: false, kind: { is: "text", chars_max: 80 } },
    amount: { required: false, default: 1, kind: { is: "number", min: -1000000000, max: 1000000000, unit: "" } },
    item: { required: false, default: "points", kind: { is: "text", chars_max: 80 } },
    respawn_ms: { required: false, kind: { is: "number", min: 0, max: 3600000, unit: "ms" } },
  } }] } },
  direction: { group: "things that do something", server_only: false, words: "Where it is bound for.", kind: { is: "vec3", min: -10000, max: 10000, unit: "" } },
  door: { group: "things that do something", server_only: false, words: "Opens and closes.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    state: { required: false, default: "closed", kind: { is: "word", words: ["open", "closed"] } },
    key: { required: false, kind: { is: "text", chars_max: 80 } },
    slide: { required: false, kind: { is: "vec3", min: -10000, max: 10000, unit: "m" } },
    swing: { required: false, kind: { is: "number", min: -6.3, max: 6.3, unit: "radians" } },
    duration_ms: { required: false, default: 2000, kind: { is: "number", min: 0, max: 60000, unit: "ms" } },
  } }] } },
  door_state: { group: "things that do something", server_only: true, words: "Whether a door is open.", kind: { is: "word", words: ["open", "closed"] } },
  gun: { group: "things that do something", server_only: false, words: "Shoots, in the hand of whoever has picked it up as the `item` of its `collectable`.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    kind: { required: false, default: "hitscan", kind: { is: "word", words: ["hitscan", "projectile"] } },
    damage: { required: false, default: 10, kind: { is: "number", min: 0, max: 1000000, unit: "" } },
    rate: { required: false, default: 4, kind: { is: "number", min: 0.2, max: 20, unit: "shots a second" } },
    pellets: { required: false, default: 1, kind: { is: "number", min: 1, max: 12, unit: "" } },
    spread: { required: false, default: 0, kind: { is: "number", min: 0, max: 0.5, unit: "radians" } },
    ammo: { required: false, default: "bullets", kind: { is: "text", chars_max: 80 } },
    capacity: { required: false, default: 0, kind: { is: "number", min: 0, max: 1000, unit: "shots" } },
    reload_ms: { required: false, default: 1500, kind: { is: "number", min: 0, max: 10000, unit: "ms" } },
    speed: { required: false, default: 60, kind: { is: "number", min: 5, max: 120, unit: "m/s" } },
    range: { required: false, default: 60, kind: { is: "number", min: 1, max: 100, unit: "m" } },
    sound: { required: false, default: "shot", kind: { is: "text", chars_max: 80 } },
  } }] } },
  keep_while: { group: "things that do something", server_only: false, words: "It lives as long as that entity.", kind: { is: "entity" } },
  monster: { group: "things that do something", server_only: false, words: "Hunts people.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    kind: { required: false, default: "walker", kind: { is: "word", words: ["walker", "spitter", "brute"] } },
    health: { required: false, kind: { is: "number", min: 1, max: 1000000, unit: "" } },
    speed: { required: false, kind: { is: "number", min: 0, max: 10, unit: "m/s" } },
    damage: { required: false, kind: { is: "number", min: 0, max: 1000000, unit: "" } },
    sight: { required: false, kind: { is: "number", min: 0, max: 100, unit: "m" } },
    points: { required: false, kind: { is: "number", min: 0, max: 1000000, unit: "" } },
  } }] } },
  owned_by: { group: "things that do something", server_only: true, words: "Whose it is.", kind: { is: "any" } },
  prefab: { group: "things that do something", server_only: false, words: "Rules make copies of it; its own rules do nothing.", kind: { is: "mark" } },
  rules: { group: "things that do something", server_only: false, words: "What happens when something happens ([rules](rules.md)): a list of rules.", kind: { is: "any" } },
  rules_state: { group: "things that do something", server_only: true, words: "What rules have done, and what they still have to do.", kind: { is: "any" } },
  script: { group: "things that do something", server_only: false, words: "What it does, in JavaScript.", kind: { is: "any" } },
  spawned_by: { group: "things that do something", server_only: true, words: "What it is a copy of, made by a rule.", kind: { is: "entity" } },
  spawner: { group: "things that do something", server_only: false, words: "Monsters of a wave come out of it.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    kind: { required: false, default: "walker", kind: { is: "word", words: ["walker", "spitter", "brute"] } },
    group: { required: false, kind: { is: "text", chars_max: 64 } },
  } }] } },
  taken: { group: "things that do something", server_only: true, words: "Somebody has picked it up; it is back when the room's clock says so.", kind: { is: "object", fields: {
    until: { required: true, kind: { is: "number", min: 0, max: 9000000000000000, unit: "ms" } },
  } } },
  target: { group: "things that do something", server_only: false, words: "Whom it follows.", kind: { is: "any" } },
  ttl: { group: "things that do something", server_only: false, words: "How long it lives.", kind: { is: "number", min: 1, max: 86400000, unit: "ms" } },
  velocity: { group: "things that do something", server_only: false, words: "How fast it flies.", kind: { is: "vec3", min: -10000, max: 10000, unit: "m/s" } },
  wave_of: { group: "things that do something", server_only: true, words: "Of which waves it is.", kind: { is: "entity" } },
  audio: { group: "media", server_only: false, words: "A sound (KHR_audio_emitter).", kind: { is: "any" } },
  log_wall: { group: "media", server_only: false, words: "Shows what has happened here.", kind: { is: "any" } },
  screen: { group: "media", server_only: false, words: "Shows what one person shares onto it: their screen, a window, a camera.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    who: { required: false, default: "everyone", kind: { is: "word", words: ["everyone", "builders", "moderators"] } },
  } }] } },
  sequencer: { group: "media", server_only: false, words: "Plays notes.", kind: { is: "any" } },
  shared_by: { group: "media", server_only: true, words: "Who shares onto this screen.", kind: { is: "any" } },
  voice_zone: { group: "media", server_only: false, words: "Around it voices carry otherwise: a `private` table hears itself alone, a `stage` is heard in the whole room.", kind: { is: "object", fields: {
    kind: { required: true, kind: { is: "word", words: ["private", "stage"] } },
    radius: { required: false, default: 3, kind: { is: "number", min: 0.5, max: 100, unit: "m" } },
  } } },
  whiteboard: { group: "media", server_only: false, words: "People draw on it.", kind: { is: "any" } },
  ammo: { group: "state of a game", server_only: true, words: "Shots that are left.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  armour: { group: "state of a game", server_only: true, words: "What hits take before health.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  deaths: { group: "state of a game", server_only: true, words: "How often a person has died.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  game: { group: "state of a game", server_only: false, words: "How the game of this room goes; of several the first entity's counts.", kind: { is: "object", fields: {
    health: { required: false, default: 100, kind: { is: "number", min: 1, max: 1000000, unit: "" } },
    respawn_ms: { required: false, default: 15000, kind: { is: "number", min: 0, max: 600000, unit: "ms" } },
    friendly_fire: { required: false, default: false, kind: { is: "bool" } },
    ready: { required: false, default: false, kind: { is: "bool" } },
    reset_ms: { required: false, default: 20000, kind: { is: "number", min: 0, max: 600000, unit: "ms" } },
    checked: { required: false, default: true, kind: { is: "bool" } },
    ambience: { required: false, kind: { is: "word", words: ["hall", "wind"] } },
  } } },
  kills: { group: "state of a game", server_only: true, words: "How many a person has killed.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  over: { group: "state of a game", server_only: true, words: "The game is over; the room is as it was made when its clock says so.", kind: { is: "object", fields: {
    until: { required: true, kind: { is: "number", min: 0, max: 9000000000000000, unit: "ms" } },
  } } },
  points: { group: "state of a game", server_only: true, words: "What has been won.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  score: { group: "state of a game", server_only: true, words: "What has been reached.", kind: { is: "number", min: -1000000000000000, max: 1000000000000000, unit: "" } },
  tag: { group: "state of a game", server_only: false, words: "What games tell it by.", kind: { is: "either", kinds: [{ is: "text", chars_max: 64 }, { is: "list", of: { is: "text", chars_max: 64 }, max: 64 }] } },
  waves: { group: "state of a game", server_only: false, words: "Monsters come in waves out of the spawners of its group, once a rule says so.", kind: { is: "either", kinds: [{ is: "bool" }, { is: "object", fields: {
    group: { required: false, kind: { is: "text", chars_max: 64 } },
    count: { required: false, default: 3, kind: { is: "number", min: 1, max: 100, unit: "waves" } },
    pause_ms: { required: false, default: 5000, kind: { is: "number", min: 0, max: 600000, unit: "ms" } },
    per_player: { required: false, default: 1, kind: { is: "number", min: 0, max: 100, unit: "monsters" } },
  } }] } },
  waves_state: { group: "state of a game", server_only: true, words: "Which wave it is, of how many, and how many of it are still to come and alive.", kind: { is: "any" } },
};
