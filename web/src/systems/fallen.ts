/**
 * How those look who have died: they sink to the ground where they fell; and oneself is seen from behind and above, as one
 * looks about. Pure; the clock is an argument.
 */
import { HEAD_HEIGHT_M, lookQuaternion, yawOf } from "../core/viewer";
import type { Vector } from "../scene/matrix";

/** How high the head of someone is who has fallen, metres, and how far it hangs, radians. */
const HEAD_M = 0.92;
const HANGS_RAD = 0.65;
/** How long somebody takes to sink down, and the view to go back, milliseconds. */
const SINKS_MS = 450;
const GLIDES_MS = 700;
/** The view's distance from the middle of the body, metres; what stands in the way brings it nearer, not nearer than this. */
const BEHIND_M = 3.4;
const BEHIND_MIN_M = 0.5;
const BEFORE_THINGS_M = 0.25;
/** What one looks at above the feet, metres. */
const MIDDLE_M = 0.75;
/** The view looks down by so much more than the visitor, and within these, radians. */
const DOWN_RAD = 0.42;
const PITCH = { least: 0.1, most: 1.3 } as const;

/** How far a ray goes at most before it meets something. */
export type FreeAlong = (x: number, y: number, z: number, direction: Vector, length_m: number) => number;

/** Since when each of the dead lies, by entity index. */
export class Sinking {
  readonly #since_ms = new Map<number, number>();

  /** How far somebody has sunk, 0 to 1; 0 for the living. */
  share(index: number, dead: boolean, now_ms: number, at_once: boolean): number {
    if (!dead) {
      this.#since_ms.delete(index);
      return 0;
    }
    const since_ms = this.#since_ms.get(index) ?? now_ms;
    this.#since_ms.set(index, since_ms);
    return at_once ? 1 : eased((now_ms - since_ms) / SINKS_MS);
  }
}

/** Lowers a head (seven numbers at `at`) that stands over a floor, by a share; without a floor it is that of someone who stands. */
export function sink(poses: Float32Array, at: number, floor_y: number, share: number): void {
  const y = poses[at + 1] ?? 0;
  const ground_y = Number.isFinite(floor_y) ? floor_y : y - HEAD_HEIGHT_M;
  const yaw = yawOf(poses[at + 3] ?? 0, poses[at + 4] ?? 0, poses[at + 5] ?? 0, poses[at + 6] ?? 1);
  poses[at + 1] = Math.min(y, y + (ground_y + HEAD_M - y) * share);
  poses.set(lookQuaternion(yaw, HANGS_RAD * share), at + 3);
}

/** From where somebody sees themselves. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly pitch: number;
}

/** The view of oneself as it goes back from the eyes. */
export class FallenView {
  #gone_ms = 0;

  /** The visitor lives: the next time the view goes back anew. */
  end(): void {
    this.#gone_ms = 0;
  }

  /** The view of a body (its feet) along yaw and pitch, a frame later. */
  step(feet: { readonly x: number; readonly y: number; readonly z: number }, yaw: number, pitch: number, dt_s: number, at_once: boolean, freeAlong: FreeAlong): View {
    this.#gone_ms = at_once ? GLIDES_MS : Math.min(GLIDES_MS, this.#gone_ms + 1_000 * dt_s);
    const share = eased(this.#gone_ms / GLIDES_MS);
    const down = Math.min(PITCH.most, Math.max(PITCH.least, pitch + DOWN_RAD));
    const level = Math.cos(down);
    const back: Vector = [-Math.sin(yaw) * level, Math.sin(down), -Math.cos(yaw) * level];
    const middle_y = feet.y + MIDDLE_M;
    const free_m = freeAlong(feet.x, middle_y, feet.z, back, BEHIND_M + BEFORE_THINGS_M);
    const away_m = Math.min(BEHIND_M, Math.max(BEHIND_MIN_M, free_m - BEFORE_THINGS_M));
    const eye_y = feet.y + HEAD_HEIGHT_M;
    return {
      x: feet.x + back[0] * away_m * share,
      y: eye_y + (middle_y + back[1] * away_m - eye_y) * share,
      z: feet.z + back[2] * away_m * share,
      pitch: pitch + (down - pitch) * share,
    };
  }
}

/** Begins at once and ends softly. */
function eased(share: number): number {
  return 1 - (1 - Math.min(1, Math.max(0, share))) ** 3;
}
