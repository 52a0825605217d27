/**
 * Shared screens as people meet them: which there are, who shares onto which, what this visitor shares, and onto which screen a
 * press would share. What is shown comes and goes by `voice/`, and is drawn by `scene/`.
 *
 * Owns the state that interface and systems share. Must not know WebRTC, cameras or Babylon.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import { SCREEN_REACH_M } from "./generated";
import { type Json, isObject, member, text } from "./json";
import { type Rights, type Role, can, mayMute } from "./rights";
import type { Wishes } from "./wishes";

/** What one can share: the whole screen or a window of it, or a camera. */
export type ShareSource = "display" | "camera";

/** Who may share onto a screen. */
export type Sharers = "everyone" | "builders" | "moderators";

/**
 * What this visitor shares.
 *
 * ```text
 * off --chosen--> asking --the browser and the room agree--> on --stopped, ended, taken away--> off
 *                    +--refused, dismissed--> off
 * ```
 */
export type Sharing =
  | { readonly kind: "off" }
  | { readonly kind: "asking"; readonly source: ShareSource; readonly entity: string }
  | { readonly kind: "on"; readonly source: ShareSource; readonly entity: string };

/** Who shares onto a screen. */
export interface Sharer {
  readonly user_id: string;
  readonly nickname: string;
  readonly role: Role;
}

/** A screen of the room, and where this visitor stands to it. */
export interface RoomScreen {
  readonly entity: string;
  readonly sharers: Sharers;
  readonly sharer: Sharer | null;
  readonly distance_m: number;
  /** The visitor looks at it. */
  readonly faced: boolean;
}

/** How one wishes to see a screen. */
export type ScreenWish = "high" | "low" | "none";
export type ScreenWishes = { readonly [entity: string]: ScreenWish };

/** What comes of it when this visitor wishes to share. */
export type Offer =
  | { readonly kind: "free"; readonly entity: string }
  | { readonly kind: "taken"; readonly entity: string; readonly by: string; readonly may_end: boolean }
  | { readonly kind: "forbidden"; readonly sharers: Sharers }
  | { readonly kind: "muted" }
  | { readonly kind: "far" }
  | { readonly kind: "none"; readonly may_build: boolean };

const NO_STREAMS: ReadonlyMap<string, MediaStream> = new Map();

export class Screens {
  readonly sharing$ = new BehaviorSubject<Sharing>({ kind: "off" });
  /** All screens of the room; told a few times a second. */
  readonly screens$ = new BehaviorSubject<readonly RoomScreen[]>([]);
  /** What is shown now, by screen. */
  readonly streams$ = new BehaviorSubject(NO_STREAMS);
  /** How the screens are wished to be seen, by how large they are in the picture. */
  readonly wishes$ = new BehaviorSubject<ScreenWishes>({});
  /** Onto which screen the room says this visitor shares. */
  readonly told$ = new BehaviorSubject<string | null>(null);
  /** The choice of what to share is open, for the screen that was clicked, or for the one that is nearest. */
  readonly choice$ = new BehaviorSubject<{ readonly entity: string | null } | null>(null);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  /** Ends what somebody shares onto a screen: one's own, or that of somebody one may mute. */
  end(entity: string): Promise<Reply> {
    return this.#wishes.command("unshare_screen", { entity });
  }
}

/** Who may share onto a screen, as its component says it; undefined for what is none. */
export function sharersOf(component: Json | undefined): Sharers | undefined {
  if (component === undefined || component === null || component === false) return undefined;
  const who = text(isObject(component) ? member(component, "who") : component);
  return who === "builders" || who === "moderators" ? who : "everyone";
}

/** Onto which screen this visitor would share: the one that was chosen, else the one they look at, else the nearest free one. */
export function offerOf(screens: readonly RoomScreen[], chosen: string | null, rights: Rights): Offer {
  if (rights.muted) return { kind: "muted" };
  if (screens.length === 0) return { kind: "none", may_build: can(rights, "build") };
  const near = screens.filter(({ distance_m }) => distance_m <= SCREEN_REACH_M).sort((a, b) => a.distance_m - b.distance_m);
  const wanted = screens.find(({ entity }) => entity === chosen) ?? near.find(({ faced }) => faced);
  if (wanted !== undefined) return offerOn(wanted, rights);
  const offers = near.map((screen) => offerOn(screen, rights));
  return offers.find(({ kind }) => kind === "free") ?? offers[0] ?? { kind: "far" };
}

function offerOn({ entity, sharers, sharer, distance_m }: RoomScreen, rights: Rights): Offer {
  if (sharer !== null) return { kind: "taken", entity, by: sharer.nickname, may_end: mayMute(rights, sharer.role) };
  if (sharers === "builders" && !can(rights, "build")) return { kind: "forbidden", sharers };
  if (sharers === "moderators" && !can(rights, "moderate")) return { kind: "forbidden", sharers };
  return distance_m > SCREEN_REACH_M ? { kind: "far" } : { kind: "free", entity };
}

/** A screen is worth its large layer from so many of the picture's pixels in height on, and no longer below so many. */
const LARGE_FROM_PX = 280;
const LARGE_TO_PX = 220;

/** How to wish for a screen that is so many pixels high in the picture; 0 for one that is not in it. */
export function wishFor(height_px: number, before: ScreenWish | undefined): ScreenWish {
  if (height_px <= 0) return "none";
  return height_px >= (before === "high" ? LARGE_TO_PX : LARGE_FROM_PX) ? "high" : "low";
}
