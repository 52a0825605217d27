/** Eyes that turn to something for a moment, until it is seen well or the visitor looks elsewhere. Pure. */
import type { Viewer } from "../core/viewer";
import { HEAD_HEIGHT_M } from "../core/viewer";
import { approach, clampPitch } from "./movement";

/** How fast the eyes turn, per second. */
const GLANCE_PER_S = 9;
/** What is this near to the middle of the view is seen well, radians. */
const WELL_RAD = 0.1;

export class Glance {
  #at: readonly [number, number, number] | undefined;

  /** Turns to a place, metres. */
  begin(at: readonly [number, number, number]): void {
    this.#at = at;
  }

  /** A frame later; `looks` is true when the visitor looks about themselves. */
  goOn(viewer: Viewer, looks: boolean, dt_s: number): void {
    if (this.#at === undefined) return;
    const [dx, dy, dz] = [this.#at[0] - viewer.x, this.#at[1] - viewer.y - HEAD_HEIGHT_M, this.#at[2] - viewer.z];
    const pitch = clampPitch(Math.atan2(-dy, Math.hypot(dx, dz)));
    const turn = shortest(Math.atan2(dx, dz) - viewer.yaw);
    if (looks || (Math.abs(pitch - viewer.pitch) < WELL_RAD && Math.abs(turn) < WELL_RAD)) {
      this.#at = undefined;
      return;
    }
    viewer.pitch = approach(viewer.pitch, pitch, GLANCE_PER_S, dt_s);
    viewer.yaw = approach(viewer.yaw, viewer.yaw + turn, GLANCE_PER_S, dt_s);
  }
}

/** The same turn, at most half a round. */
function shortest(turn: number): number {
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}
