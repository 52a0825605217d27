/**
 * The typed boundary of the client core (WebAssembly): what it offers, what it tells, what its numbers mean; layouts are in `generated.ts`.
 *
 * Owns types only. Must not know how the core is loaded, sockets, scenes or screens.
 * Views returned by `matrices`, `dirty` and `avatars` point into WASM memory: read them anew after every other call.
 */
import { AVATAR_FLAG } from "./generated";
import type { Json, JsonObject } from "./json";
import type { Role } from "./rights";
import type { RoomLoad } from "./visit";

/** The client core. Times are `performance.now()` milliseconds, always handed in. */
export interface ClientCore {
  opened(now_ms: number): void;
  closed(now_ms: number): void;
  receive_text(text: string, now_ms: number): void;
  receive_binary(bytes: Uint8Array, now_ms: number): void;
  /** The next message to send; call until undefined. */
  poll_transmit(): string | Uint8Array | undefined;
  /** A frame of motion came as a datagram. */
  receive_datagram(bytes: Uint8Array, now_ms: number): void;
  /** What this visitor does goes by datagrams, or by the socket; also by the socket with the next join. */
  set_datagrams(on: boolean): void;
  /** The next frame of motion to send as a datagram; call until undefined. */
  poll_datagram(): Uint8Array | undefined;
  enter(mode: JoinMode, nickname: string, avatar_json: string, now_ms: number): void;
  leave(now_ms: number): void;
  /** Queues a command; its reply arrives as an event with the returned handle. */
  command(name: string, payload_json: string, now_ms: number): number;
  /** The timers alone, for a page that is hidden and draws nothing. */
  timers(now_ms: number): void;
  /** The network or the page woke up: the line is asked at once. */
  doubt(): void;
  /** Timers, interpolation, spin and animate; fills the views. Once per animation frame. */
  frame(now_ms: number): void;
  set_pose(
    head: Float32Array,
    left: Float32Array | undefined,
    right: Float32Array | undefined,
    jumped: boolean,
    now_ms: number,
  ): void;
  /**
   * How the own hands are held, before their pose is set: `JOINTS` points each in the frame of the hand's place, or how far a
   * controller's trigger and squeeze are pressed (0..1), or undefined.
   */
  set_hands(left: Float32Array | undefined, right: Float32Array | undefined): void;
  /** Says whether this person speaks: everyone is told. */
  set_speaking(speaking: boolean): void;
  /** Shows an entity on the own hand or head at a place in it (seven numbers), until `as_told`. */
  show_held(entity: string, node: "left" | "right" | "head", place: Float32Array): void;
  /** Shows an entity at a place in the room (seven numbers), until `as_told`. */
  show_placed(entity: string, place: Float32Array): void;
  /** Shows an entity as the room tells it. */
  as_told(entity: string): void;
  /** Whether a simulation is at hand from now on, which does what `orders` says. */
  set_predicting(on: boolean): void;
  /** Whether the room has things that are pushed about. */
  has_bodies(): boolean;
  /** What the simulation is to do before the next picture. */
  orders(now_ms: number): Uint8Array | undefined;
  /** What has come of those orders. */
  report(report: Uint8Array, now_ms: number): void;
  /** What one holds leaves the hand at a place with a velocity and a spin; false: the room alone will say how it flies. */
  throw_thing(entity: string, place: Float32Array, velocity: Float32Array, spin: Float32Array, now_ms: number): boolean;
  /** The page is not looked at: what one simulates is the room's, at once. */
  let_go(now_ms: number): void;
  /** The next event as JSON of `CoreEvent`. */
  poll_event(): string | undefined;
  state(): "idle" | "joining" | "syncing" | "live" | "reconnecting";
  /** Drained pairs (entity index, change mask). */
  changes(): Uint32Array;
  /** `EntityRecord` as JSON; undefined for a removed index. */
  entity(index: number): string | undefined;
  /** What one may do with the entity at an index now: bits of `INTERACTION`. */
  interactions(index: number): number;
  /** -1 when unknown. */
  index_of(id: string): number;
  id_of(index: number): string | undefined;
  /** 16 floats per entity index, in Babylon's layout, world space. */
  matrices(): Float32Array;
  /** Entity indices whose matrix changed in this frame. */
  dirty(): Uint32Array;
  /** Rows of `AVATAR_ROW` floats; the own avatar is not in it. */
  avatars(): Float32Array;
  /** Rows of `HAND_ROW` floats: the hands of those who are near. */
  hands(): Float32Array;
  /** Rows of `MONSTER_ROW` floats: monsters as they are shown. */
  monsters(): Float32Array;
  /** Rows of `SHOT_ROW` floats: shots that were heard of since this was asked last. */
  take_shots(): Float64Array;
  /** The room's clock as it was for others as they are shown, milliseconds; undefined before the first join. */
  seen_ms(now_ms: number): number | undefined;
  /** The same for those at whom one aims along a ray. */
  aimed_ms(from: Float32Array, direction: Float32Array, now_ms: number): number | undefined;
  /** One's own hands as they are drawn: 75 numbers each, left and right; empty before they are first set. */
  own_joints(): Float32Array;
  /** The room's clock, milliseconds; undefined before the first join. */
  room_ms(now_ms: number): number | undefined;
  /** `CoreStats` as JSON. */
  stats(): string;
  /** Hash of the replica, for tests. */
  hash(): string;
  free(): void;
}

/** How one takes part; a preview hears of no motion. */
export type JoinMode = "enter" | "observe" | "preview";

/** Options of a new core; it starts as the preview behind the lobby. */
export interface CoreOptions {
  readonly room_id: string;
  readonly user_id: string;
  readonly nickname: string;
  readonly avatar: JsonObject;
}

export interface EntityRecord {
  readonly id: string;
  readonly version: number;
  readonly components: JsonObject;
}

export interface CoreStats {
  readonly rtt_ms: number;
  /** For how long the server has not answered, milliseconds; 0 while it need not. */
  readonly unanswered_ms: number;
  readonly pose_age_p50_ms: number;
  readonly pose_age_p95_ms: number;
  readonly received_bytes: number;
  readonly sent_bytes: number;
  readonly frames: number;
  /** Frames of motion that came as datagrams, of all. */
  readonly datagrams: number;
}

/** Floats per matrix in `matrices()`. */
export const MATRIX_FLOATS = 16;

/** How exactly the room tells someone's pose: 0 everything … 2 hands as places, 3 place and yaw, 4 about where. */
export function tierOf(flags: number): number {
  return (flags >> AVATAR_FLAG.tier_shift) & 7;
}

/** A fact of the room, as the core passes it on. `actor` is `user:<id>`, `server` or `rule:<id>`. */
export interface RoomEvent {
  readonly type: "event";
  readonly event: string;
  readonly payload: Json;
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
}

/** What the core tells, in the order in which it happened. */
export type CoreEvent =
  | {
      readonly type: "joined";
      readonly user_id: string;
      /** How one really takes part: whoever asks to enter a crowded room may only watch. */
      readonly mode: JoinMode;
      /** True when one asked to enter and was let in as a spectator, because the room is full of people. */
      readonly crowded?: boolean;
      /** People and connections the room takes; absent while the server does not say. */
      readonly people_max?: number;
      readonly peers_max?: number;
      readonly resumed: boolean;
      readonly driver: boolean;
      readonly incarnation: number;
      readonly seq: number;
      /** Where one's own avatar stands; absent for whoever has none. */
      readonly pose?: { readonly head: readonly number[] };
      readonly role: Role;
      /** Names of what one may do. */
      readonly may: readonly string[];
      readonly muted: boolean;
      readonly settings: Json;
      readonly blocked: readonly string[];
      readonly blocked_by: readonly string[];
    }
  | { readonly type: "ready" }
  | { readonly type: "rights"; readonly role: Role; readonly may: readonly string[]; readonly muted: boolean }
  /** Whom one does not meet: their avatars are not in the rows, their words are not shown. */
  | { readonly type: "relations"; readonly blocked: readonly string[]; readonly blocked_by: readonly string[] }
  | {
      readonly type: "join_refused";
      readonly reason: string;
      readonly detail: string;
      readonly retrying: boolean;
      /** With `room_full`: how full it is. */
      readonly load?: RoomLoad;
    }
  /** A join waits its turn behind so many others. */
  | { readonly type: "queued"; readonly ahead: number }
  | { readonly type: "reply"; readonly handle: number; readonly ok: boolean; readonly response: JsonObject }
  | RoomEvent
  | { readonly type: "shout"; readonly payload: Json }
  | { readonly type: "driver"; readonly driver: boolean }
  | { readonly type: "away"; readonly away: readonly string[]; readonly back: readonly string[] }
  | { readonly type: "restated" }
  | { readonly type: "closed"; readonly reason: string }
  | { readonly type: "desync"; readonly detail: string }
  | { readonly type: "fatal"; readonly detail: string };

/** Reads an event; the core is built from the same commit, so its words are taken at their type. */
export function parseCoreEvent(text: string): CoreEvent {
  return JSON.parse(text) as CoreEvent;
}

/** The user whose deed a fact is, or undefined when the room did it. */
export function userOf(actor: string): string | undefined {
  return actor.startsWith("user:") ? actor.slice("user:".length) : undefined;
}
