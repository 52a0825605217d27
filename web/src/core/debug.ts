/**
 * What browser tests and curious people may reach as `window.thexr`: to look, and to stand somewhere exactly.
 *
 * Nothing in the product depends on it.
 */
import type { ClientCore } from "./core-types";
import { AVATAR_FLAG, AVATAR_ROW } from "./generated";
import type { FrameReport, FrameTimes } from "./frame_times";
import type { RoomApp } from "./room-app";
import type { Session } from "./session";
import { HEAD_HEIGHT_M } from "./viewer";
import type { Loudness } from "./voice";

/** The part of the stage that is shown. */
export interface Shown {
  readonly fps: number;
  readonly presented: boolean;
  readonly eye: readonly [number, number, number];
  readonly props: { readonly count: number };
  readonly models: { readonly count: number };
  readonly crowd: { readonly drawn: number; readonly figures: FigureCounts };
  readonly screens: { pictured(index: number): readonly [number, number] | undefined };
  /** What stands before someone with a headset. */
  panels(): readonly PanelFacts[];
  readonly tags: { readonly shown: readonly number[]; readonly reach_m: number };
}

/** A panel before the eyes of someone with a headset. */
export interface PanelFacts {
  readonly name: string;
  /** What is written on it and where that is in the room, metres. */
  readonly words: readonly { readonly text: string; readonly at: readonly [number, number, number] }[];
}

/** People by how finely they are drawn, and how many of all of them are outside the picture. */
export interface FigureCounts {
  readonly near: number;
  readonly mid: number;
  readonly far: number;
  readonly unseen: number;
}

/** What a frame costs and what it shows. */
export interface FrameFacts extends FrameReport {
  readonly figures: FigureCounts;
}

export interface DebugSurface {
  readonly app: RoomApp;
  readonly core: ClientCore;
  readonly scene: {
    /** Frames per second, drawn things, people drawn. */
    readonly fps: number;
    readonly entityCount: number;
    /** Models that have come and stand in the room. */
    readonly modelCount: number;
    readonly avatarCount: number;
    /** How often the frame's systems ran. */
    readonly frameCount: number;
    /** Whether what one touches moves at once: its simulation is loaded. */
    readonly predicts: boolean;
    /** Who shows the room and sets the pace of its frames. */
    readonly presenter: "page" | "headset";
    /** What the last seconds' frames cost. */
    frame(): FrameFacts;
    /** Width and height of the picture that a screen shows, pixels; null while it shows none. */
    pictured(entity: string): readonly [number, number] | null;
    /** The panels that someone with a headset sees now; none without one. */
    panels(): readonly PanelFacts[];
    /** Nicknames on the name tags that are shown, and up to which distance there are any, metres. */
    names(): { readonly shown: readonly string[]; readonly reach_m: number };
    /** Where the eye is, metres. */
    cameraPosition(): readonly [number, number, number];
    /** Puts the visitor's head at a place, looking along yaw and pitch, radians. Only inside a room. */
    setCamera(x: number, y: number, z: number, yaw?: number, pitch?: number): void;
    /** Heads of the other people by user id, as the core has them now. */
    avatarPositions(): { readonly [user_id: string]: readonly [number, number, number] };
    /** Tracked hands of the other people by user id. */
    avatarHands(): { readonly [user_id: string]: HandPlaces };
  };
  readonly voice: {
    /** How loud what is heard is at either side, dB below full scale; null before anything is. */
    loudness(): Loudness | null;
    /** Whose voice each line carries. */
    slots(): readonly (string | null)[];
  };
}

/** Where someone's hands are, metres; null for one that is not tracked. */
export interface HandPlaces {
  readonly left: readonly number[] | null;
  readonly right: readonly number[] | null;
}

declare global {
  interface Window {
    thexr?: DebugSurface;
  }
}

export function debugSurface(session: Session, stage: Shown, times: FrameTimes): DebugSurface {
  const { app, core } = session;
  const nameOf = (index: number) => session.personAt(index)?.nickname ?? "";
  return {
    app,
    core,
    scene: {
      get fps() {
        return stage.fps;
      },
      get entityCount() {
        return stage.props.count;
      },
      get modelCount() {
        return stage.models.count;
      },
      get avatarCount() {
        return stage.crowd.drawn;
      },
      get frameCount() {
        return times.count;
      },
      get predicts() {
        return session.prediction.is_on;
      },
      get presenter() {
        return stage.presented ? "headset" : "page";
      },
      frame: () => ({ ...times.report(performance.now()), figures: { ...stage.crowd.figures } }),
      pictured: (entity) => stage.screens.pictured(session.replica.index(entity)) ?? null,
      panels: () => stage.panels(),
      names: () => ({ shown: stage.tags.shown.map(nameOf), reach_m: stage.tags.reach_m }),
      cameraPosition: () => stage.eye,
      setCamera: (x, y, z, yaw = app.viewer.yaw, pitch = app.viewer.pitch) =>
        void Object.assign(app.viewer, { x, y: y - HEAD_HEIGHT_M, z, yaw, pitch }),
      avatarPositions: () => byPerson(session, (row) => placeIn(row, AVATAR_ROW.head)),
      avatarHands: () => byPerson(session, handsIn),
    },
    voice: {
      loudness: () => app.voice.port?.loudness() ?? null,
      slots: () => app.voice.port?.slots() ?? [],
    },
  };
}

/** What the rows of the other people say, by user id. */
function byPerson<T>(session: Session, read: (row: Float32Array) => T): { readonly [user_id: string]: T } {
  const rows = session.core.avatars().slice();
  const found: { [user_id: string]: T } = {};
  for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
    const person = session.personAt(rows[at + AVATAR_ROW.index] ?? -1);
    if (person !== undefined) found[person.user_id] = read(rows.subarray(at, at + AVATAR_ROW.floats));
  }
  return found;
}

function handsIn(row: Float32Array): HandPlaces {
  const flags = row[AVATAR_ROW.flags] ?? 0;
  const hand = (flag: number, at: number) => ((flags & flag) === 0 ? null : placeIn(row, at));
  return { left: hand(AVATAR_FLAG.left, AVATAR_ROW.left), right: hand(AVATAR_FLAG.right, AVATAR_ROW.right) };
}

function placeIn(row: Float32Array, at: number): readonly [number, number, number] {
  const [x = 0, y = 0, z = 0] = row.subarray(at);
  return [x, y, z];
}
