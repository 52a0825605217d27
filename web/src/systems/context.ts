/**
 * What every system is given, and what it gives back. Owns types only.
 */
import type { FrameTimes } from "../core/frame_times";
import type { Replica, Change } from "../core/replica";
import type { RoomApp } from "../core/room-app";
import type { Session } from "../core/session";
import type { ClientCore } from "../core/core-types";
import type { Flick } from "../core/touch";
import type { Hand } from "../scene/rig";
import type { Stage } from "../scene/stage";
import type { ArenaAtWork } from "./arena";
import type { Sticks } from "./pad";
import type { Sockets } from "./sockets";
import type { Worn } from "./worn";

/** The frame that is being made. */
export interface FrameClock {
  /** When it began, on the clock of `performance.now()`, milliseconds. */
  now_ms: number;
  /** Since the last frame, seconds; at most `FRAME_MAX_S`. */
  dt_s: number;
  /** What changed in the replica; filled by the broker. */
  changes: readonly Change[];
  /** Other people by how exactly the room tells where they are; counted by the avatars. */
  readonly people: { near: number; mid: number; far: number };
}

/** The longest step a frame may make, seconds: after a pause nobody is thrown through a wall. */
export const FRAME_MAX_S = 0.1;

/** What hands do at keyboard and mouse; filled by the controls. */
export interface Input {
  /** Keys held down, as `KeyboardEvent.code`, the thumbs' button as Space; empty while someone types. */
  readonly held: ReadonlySet<string>;
  /** Keys pressed in this frame, and keys let go of: not those that are lost to a field or another window. */
  readonly pressed: ReadonlySet<string>;
  readonly released: ReadonlySet<string>;
  /** Uses a key: to whoever comes later in this frame it is neither pressed nor held. */
  take(key: string): void;
  /** Thumbs and a gamepad's sticks together. */
  readonly sticks: Readonly<Sticks>;
  /** How far the view was dragged in this frame, CSS pixels. */
  look_x: number;
  look_y: number;
  /** How far the wheel was turned in this frame, away from the visitor below 0; about 100 a notch. */
  wheel: number;
  /** Where something was clicked in this frame, CSS pixels on the canvas. */
  click: { readonly x: number; readonly y: number } | undefined;
  /** Something that shoots is pressed: the mouse's left button over the view, a gamepad's or a controller's trigger. */
  trigger: boolean;
  /** The hand that aims, in place of the eye, and whether its thumbstick asks for the next weapon (or the one before, -1) in this frame. */
  gun_hand: Hand | undefined;
  cycle: number;
  /** A finger's flick that ended in this frame. */
  flick: Flick | undefined;
  /** Where the pointer is; the canvas's middle while the mouse is captured, or while keys or a stick look around;
   *  undefined when it is elsewhere. */
  pointer: { readonly x: number; readonly y: number } | undefined;
  /** Where a hand points in the room, in place of the pointer; and whether it chooses that in this frame. */
  aim: ReturnType<Stage["sight"]> | undefined;
  chooses: boolean;
  /** True while a press that began on what the builder has selected goes on: it drags that. */
  drags: boolean;
  /** True while something else (a handle) uses the pointer; written by its owner. */
  taken: boolean;
}

export interface Context {
  readonly app: RoomApp;
  readonly session: Session;
  readonly core: ClientCore;
  readonly replica: Replica;
  readonly stage: Stage;
  readonly clock: FrameClock;
  /** What the last frames cost. */
  readonly times: FrameTimes;
  readonly input: Input;
  /** Places of things into which others are put. */
  readonly sockets: Sockets;
  /** What a headset adds while it is worn. */
  readonly worn: Worn;
  /** What shooters add, in rooms that have any of it. */
  readonly arena: ArenaAtWork;
  /** Registers this system's step; steps run in the order of `FRAME`. */
  onFrame(step: () => void): void;
}

/** A feature of the room: registers what it does each frame and returns what ends it. */
export type System = (context: Context) => () => void;
