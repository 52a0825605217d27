/** How this visitor likes to move with a headset and what keeps them comfortable. Pure. */
import { type Json, member, number } from "./json";

export type Side = "left" | "right";
export type TurnKind = "snap" | "smooth";
export type Vignette = "off" | "weak" | "strong";

/** How far one push of the stick may turn, degrees. */
export const SNAP_DEGREES = [15, 30, 45] as const;
export type SnapDegrees = (typeof SNAP_DEGREES)[number];

/** Turning smoothly, degrees per second, and walking, metres per second: from gentle to as fast as stomachs take. */
export const TURN_SPEED_RANGE = [30, 180] as const;
export const MOVE_SPEED_RANGE = [1, 4] as const;

export interface HeadsetSettings {
  /** The hand that points, turns and teleports; the other one walks. */
  readonly dominant: Side;
  readonly turn: TurnKind;
  readonly snap_degrees: SnapDegrees;
  readonly turn_speed: number;
  readonly move_speed: number;
  /** How much is seen while one moves without walking. */
  readonly vignette: Vignette;
  /** Whoever sits stands in the room. */
  readonly seated: boolean;
  /** They have walked, turned and teleported: nobody needs to tell them how. */
  readonly shown_around: boolean;
}

export const HEADSET_DEFAULTS: HeadsetSettings = {
  dominant: "right",
  turn: "snap",
  snap_degrees: 30,
  turn_speed: 90,
  move_speed: 2,
  vignette: "weak",
  seated: false,
  shown_around: false,
};

/** What was kept, where it makes sense; else the usual. */
export function readHeadsetSettings(kept: Json | undefined): HeadsetSettings {
  const usual = HEADSET_DEFAULTS;
  return {
    dominant: oneOf(["left", "right"], member(kept, "dominant"), usual.dominant),
    turn: oneOf(["snap", "smooth"], member(kept, "turn"), usual.turn),
    snap_degrees: oneOf(SNAP_DEGREES, member(kept, "snap_degrees"), usual.snap_degrees),
    turn_speed: within(TURN_SPEED_RANGE, member(kept, "turn_speed"), usual.turn_speed),
    move_speed: within(MOVE_SPEED_RANGE, member(kept, "move_speed"), usual.move_speed),
    vignette: oneOf(["off", "weak", "strong"], member(kept, "vignette"), usual.vignette),
    seated: member(kept, "seated") === true,
    shown_around: member(kept, "shown_around") === true,
  };
}

function oneOf<T extends Json>(choices: readonly T[], value: Json | undefined, usual: T): T {
  return choices.find((choice) => choice === value) ?? usual;
}

function within([least, most]: readonly [number, number], value: Json | undefined, usual: number): number {
  return Math.min(most, Math.max(least, number(value) ?? usual));
}
