/**
 * Where someone with a headset stands and looks, and where panels go before them: at arm's reach, and before what is in
 * the way. Pure; makes no garbage but when a panel is put somewhere.
 */
import { type Viewer, yawOf } from "../core/viewer";
import { PLACE_FLOATS, type Rig } from "../scene/rig";
import type { Solids } from "../scene/solids";
import { type PanelPlace, wrappedAngle } from "./panel/place";

/** A panel stands this far before what is in its way, but never nearer to the eye than that, metres. */
const BEFORE_THINGS_M = 0.12;
const NEAREST_M = 0.4;
/** A panel further away than this, metres, or further beside the view, radians, is not at hand. */
const AT_HAND = { m: 1.4, aside: 1.1 };

/** So far beside the middle of a menu something of a metre is seen that is 4 m away, radians. */
const BESIDE_RAD = 0.5;

/** How far away a panel is, metres, and how far below the eye its middle is seen, radians. */
export interface Spot {
  readonly m: number;
  readonly down: number;
}

export class Standpoint {
  /** The head in the room, and as someone who stands there and looks where it looks. */
  readonly eye = new Float32Array(PLACE_FLOATS);
  readonly viewer: Viewer = { x: 0, y: 0, z: 0, yaw: 0, pitch: 0, jumped: false };

  step(rig: Rig): void {
    const { eye, viewer } = this;
    rig.toRoom(rig.head, eye);
    [viewer.x, viewer.y, viewer.z] = [eye[0] ?? 0, rig.y, eye[2] ?? 0];
    viewer.yaw = yawOf(eye[3] ?? 0, eye[4] ?? 0, eye[5] ?? 0, eye[6] ?? 1);
  }

  /** Who stands there and looks past a panel that is before them. */
  beside(): Viewer {
    return { ...this.viewer, yaw: this.viewer.yaw + BESIDE_RAD };
  }

  /** Puts a panel where one looks; what is in the way brings it nearer, and it looks as large. */
  put(place: PanelPlace, { m, down }: Spot, solids: Pick<Solids, "cast">): void {
    const { yaw } = this.viewer;
    const half_rad = Math.atan(place.width / 2_000);
    const free_m = Math.min(...[-half_rad, 0, half_rad].map((aside) => this.#freeAlong(yaw + aside, down, 2 * m, solids)));
    place.before(this.eye, yaw, down, Math.min(m, Math.max(NEAREST_M, free_m - BEFORE_THINGS_M)));
  }

  /** Whether a panel can be reached without looking for it. */
  isAtHand({ x, z }: PanelPlace): boolean {
    const [dx, dz] = [x - this.viewer.x, z - this.viewer.z];
    const aside = Math.abs(wrappedAngle(Math.atan2(dx, dz) - this.viewer.yaw));
    return Math.hypot(dx, dz) < AT_HAND.m && aside < AT_HAND.aside;
  }

  #freeAlong(yaw: number, down: number, limit_m: number, solids: Pick<Solids, "cast">): number {
    const [x = 0, y = 0, z = 0] = this.eye;
    const level = Math.cos(down);
    const direction = [Math.sin(yaw) * level, -Math.sin(down), Math.cos(yaw) * level] as const;
    return solids.cast(x, y, z, direction, limit_m)?.distance_m ?? limit_m;
  }
}
