/**
 * What a shooter is told by the room and seen by its visitors: monsters where they are, shots as they come, and what the interface
 * needs to know of the weapon in hand.
 *
 * Owns what passes between whoever reads the room, the systems and the interface. Must not know how any of it looks or sounds.
 */
import { BehaviorSubject } from "rxjs";

export const MONSTER_KINDS = ["walker", "spitter", "brute"] as const;
export type MonsterKind = (typeof MONSTER_KINDS)[number];

/** What a monster is about, as the latest lane numbers it (protocol 4.18). */
export const DOING = { stands: 0, walks: 1, strikes: 2, throws: 3, hurts: 4, dies: 5 } as const;
export type Doing = (typeof DOING)[keyof typeof DOING];

/** A monster as it is drawn in this frame; whoever fills the list may fill the same objects anew. */
export interface Monster {
  /** The index of its entity. */
  id: number;
  kind: MonsterKind;
  /** How much larger than others of its kind: a boss. */
  size: number;
  /** Its feet, metres. */
  x: number;
  y: number;
  z: number;
  /** Where it faces, radians. */
  yaw: number;
  doing: Doing;
  /** Since when, on the clock that `monsters.show` is given, milliseconds; NaN: since it was first seen so. */
  since_ms: number;
  /** What is left of its health, 0 to 1. */
  health_part: number;
}

/** What a shot met where it ended. */
export type Met = "nothing" | "thing" | "body";

/** That a shot began, or ended (protocol 4.19). One that is there at once is told once, ended. */
export interface ShotNews {
  readonly id: number;
  /** The index of whoever fired it; -1 where nobody is seen. */
  readonly by: number;
  readonly kind: "bullet" | "fireball";
  readonly ended: boolean;
  readonly met: Met;
  /** On the room's clock, milliseconds. */
  readonly at_ms: number;
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  /** Metres a second; 0: at once. */
  readonly speed_m_s: number;
}

/** Whoever reads the room for the systems. */
export interface ArenaSource {
  /** All monsters, at most `MONSTERS_MAX` of them, in this frame. */
  monsters(): readonly Monster[];
  /** What became of shots since the last frame. */
  shots(): readonly ShotNews[];
  /** The room's clock now, and as others are drawn now, milliseconds. */
  room_ms(): number;
  render_ms(): number;
  /** The room's clock as it was for whoever one aims at along a ray, as they are drawn. */
  aimed_ms(origin: readonly [number, number, number], direction: readonly [number, number, number]): number;
}

/** Monsters at once. */
export const MONSTERS_MAX = 256;

/** What a shot can meet of a monster of usual size: an upright capsule, metres. */
export const MONSTER_BODIES: { readonly [kind in MonsterKind]: { readonly high_m: number; readonly radius_m: number } } = {
  walker: { high_m: 1.7, radius_m: 0.36 },
  spitter: { high_m: 0.95, radius_m: 0.46 },
  brute: { high_m: 2.4, radius_m: 0.62 },
};

/** What thumbs do with a weapon; written by the interface, read once a frame. */
export interface WeaponThumbs {
  /** There are thumbs on this screen. */
  shown: boolean;
  fires: boolean;
  /** Asked for since the last frame. */
  switches: boolean;
  reloads: boolean;
}

export class Arena {
  /** Undefined in rooms without monsters and shots, and until what reads them is there. */
  source: ArenaSource | undefined;
  /** Whether there is a weapon in one's hand: the crosshair is another one, thumbs have a button to fire. */
  readonly armed$ = new BehaviorSubject(false);
  /** Whether what is in hand is being loaded or raised. */
  readonly busy$ = new BehaviorSubject(false);
  /** How often one has hit somebody, as the room says: counts up, so that each hit is seen. */
  readonly hits$ = new BehaviorSubject(0);
  readonly thumbs: WeaponThumbs = { shown: false, fires: false, switches: false, reloads: false };
}
