/**
 * The contract between the room's systems and its user interface: what is known (observables) and what can be done.
 * Owns types only; knows neither Babylon nor Svelte.
 */
import type { BehaviorSubject, Observable, Subject } from "rxjs";
import type { Headset } from "./headset";

/** JSON as it travels. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Where the page is in its life. */
export type Phase =
  | { readonly kind: "loading"; readonly done_bytes: number; readonly total_bytes: number; readonly what: string }
  | { readonly kind: "lobby" }
  | { readonly kind: "entering"; readonly mode: Mode }
  | { readonly kind: "inside"; readonly mode: Mode }
  | { readonly kind: "left" }
  /** Not even a spectator fits in: tried again by itself, or by a button. `mode` is what was asked for. */
  | {
      readonly kind: "full";
      readonly mode: Mode | "preview";
      readonly load: RoomLoad | null;
      readonly next_try_ms: number;
      readonly trying: boolean;
    }
  | { readonly kind: "failed"; readonly title: string; readonly detail: string; readonly action: "reload" | "rooms" };

export type Mode = "enter" | "observe";

/** How full a room is: people have an avatar, peers are all connections, spectators included. */
export interface RoomLoad {
  readonly people: number;
  readonly peers: number;
  readonly people_max: number;
  readonly peers_max: number;
}

/** How the room let this visitor in, or when it will. */
export interface Admission {
  /** Others before this visitor while a join waits its turn; null when it does not. */
  readonly ahead: number | null;
  /** True for a spectator who asked to enter: the room was full of people. */
  readonly crowded: boolean;
  /** People the room takes; null while it does not say. */
  readonly people_max: number | null;
}

/** The connection, as a person should understand it. */
export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "online"; readonly rtt_ms: number; readonly bars: 1 | 2 | 3 | 4; readonly numbers: ConnectionNumbers }
  | { readonly kind: "reconnecting"; readonly since_ms: number; readonly next_try_ms: number };

export interface ConnectionNumbers {
  readonly rtt_ms: number;
  readonly pose_age_ms: number;
  readonly received_kbit_s: number;
  readonly sent_kbit_s: number;
  readonly picture: PictureNumbers;
}

/** The picture in numbers. */
export interface PictureNumbers {
  readonly frames_per_s: number;
  /** What a picture costs the processor, milliseconds. */
  readonly frame_ms: number;
  /** Other people by how exactly the room tells where they are: everything, hands as places, about where. */
  readonly people: { readonly near: number; readonly mid: number; readonly far: number };
}

/** What someone is in a room, from the least to the most. */
export type Role = "visitor" | "member" | "builder" | "moderator" | "owner";

/** What a command needs. */
export type Permission = "look" | "talk" | "own" | "build" | "save" | "moderate" | "govern";

/** What the room's owner chose: the least role that may. */
export interface RoomSettings {
  readonly who_may_build: Role;
  readonly who_may_save: Role;
}

/** What this visitor may do here, as the room told it last. */
export interface Rights {
  readonly role: Role;
  readonly may: readonly string[];
  readonly muted: boolean;
  readonly settings: RoomSettings;
  /** Facts up to this seq are part of it. */
  readonly as_of_seq: number;
}

/** Whom this visitor does not meet: whom they blocked, and who blocked them. */
export interface Relations {
  readonly blocked: ReadonlySet<string>;
  readonly blocked_by: ReadonlySet<string>;
}

/** Someone in the room (with an avatar), oneself included. */
export interface Person {
  readonly user_id: string;
  readonly nickname: string;
  readonly color: string;
  readonly self: boolean;
  readonly away: boolean;
  readonly role: Role;
  /** Not to be heard for now. */
  readonly muted: boolean;
}

/** What this visitor chose in the lobby; remembered in localStorage. */
export interface Profile {
  readonly nickname: string;
  /** "#RRGGBB" */
  readonly color: string;
}

export interface ChatLine {
  readonly at_ms: number;
  readonly user_id: string;
  readonly nickname: string;
  readonly color: string;
  readonly text: string;
}

/** A line at the bottom centre, shown for five seconds. */
export interface HudLine {
  readonly text: string;
  readonly tone: "plain" | "good" | "warn";
}

/** The seven shapes and text, as the build panel offers them. */
export type ShapeKind = "box" | "sphere" | "cylinder" | "cone" | "capsule" | "plane" | "ground";
export type Gizmo = "move" | "rotate" | "scale";

/** The selected entity: its components as they are now. */
export interface Selection {
  readonly entity: string;
  readonly components: { readonly [name: string]: Json };
}

export interface SavedSnapshot {
  readonly name: string;
  readonly kind: "initial" | "named" | "auto";
  readonly at_ms: number;
}

/** The answer to a command; `reason` is stable snake_case, `detail` is for people. */
export type Reply =
  | { readonly ok: true; readonly response: { readonly [key: string]: Json } }
  | { readonly ok: false; readonly reason: string; readonly detail: string };

/** Settings a visitor changes and we remember in localStorage. */
export interface Settings {
  readonly fly: boolean;
  readonly invert_look: boolean;
  readonly look_speed: number;
  readonly reduce_motion: boolean;
}

/** Touch joystick and buttons, written by the UI (phones), read by the movement system each frame. -1..1 each. */
export interface TouchInput {
  move_x: number;
  move_y: number;
  look_x: number;
  look_y: number;
  up: boolean;
}

/** Everything the UI reads and does. One object, made by `core/`, handed to `systems/` and `ui/`. */
export interface App {
  readonly room: { readonly id: string; readonly name: string; readonly description: string; readonly link: string };
  readonly phase$: BehaviorSubject<Phase>;
  readonly connection$: BehaviorSubject<Connection>;
  readonly admission$: BehaviorSubject<Admission>;
  readonly profile$: BehaviorSubject<Profile>;
  readonly settings$: BehaviorSubject<Settings>;
  readonly rights$: BehaviorSubject<Rights>;
  readonly relations$: BehaviorSubject<Relations>;
  /** Without those who blocked this visitor. */
  readonly people$: BehaviorSubject<readonly Person[]>;
  /** Newest last, at most 200. */
  readonly chat$: BehaviorSubject<readonly ChatLine[]>;
  readonly hud$: Subject<HudLine>;
  /** True when this tab drives the avatar; false offers "Continue here". */
  readonly driver$: BehaviorSubject<boolean>;
  readonly build$: BehaviorSubject<boolean>;
  readonly gizmo$: BehaviorSubject<Gizmo>;
  readonly selection$: BehaviorSubject<Selection | null>;
  readonly snapshots$: BehaviorSubject<readonly SavedSnapshot[]>;
  /** What a click would do now: shown at the crosshair, empty for nothing. */
  readonly hint$: BehaviorSubject<string>;
  readonly touch: TouchInput;
  readonly headset: Headset;
  /** All facts of the room as they are told. */
  readonly events$: Observable<{ readonly event: string; readonly payload: Json; readonly seq: number; readonly at_ms: number }>;

  enter(mode: Mode): void;
  /** Before a full room: tries now instead of later. */
  tryAgain(): void;
  leave(): void;
  /** Sends a command and resolves with its reply; resends by itself after a reconnect. */
  command(name: string, payload: { readonly [key: string]: Json }): Promise<Reply>;
  say(text: string): Promise<Reply>;
  rename(nickname: string): Promise<Reply>;
  recolor(color: string): Promise<Reply>;
  /** Adds a shape or a text in front of the visitor and selects it. */
  add(kind: ShapeKind | "text"): Promise<Reply>;
  /** Acts on the selection; resolves `{ok:false, reason:"nothing_selected"}` without one. */
  paint(color: string): Promise<Reply>;
  duplicate(): Promise<Reply>;
  remove(): Promise<Reply>;
  select(entity: string | null): void;
  update(entity: string, components: { readonly [name: string]: Json }): Promise<Reply>;
  saveSnapshot(name: string): Promise<Reply>;
  restoreSnapshot(name: string): Promise<Reply>;
  refreshSnapshots(): Promise<void>;
  continueHere(): Promise<Reply>;
  setRole(user_id: string, role: Role): Promise<Reply>;
  setRoomSettings(change: Partial<RoomSettings>): Promise<Reply>;
  /** For everyone in the room. */
  setMuted(user_id: string, muted: boolean): Promise<Reply>;
  /** Between this visitor and someone else. */
  setBlocked(user_id: string, blocked: boolean): Promise<Reply>;
  dispose(): void;
}
