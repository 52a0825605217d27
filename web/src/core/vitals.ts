/**
 * How the visitor fares in a game, as the room says: health, armour, what they carry, what is in their hand, and whether they
 * have died. The one source of it for interface and systems. Must not know screens, bodies or the core.
 */
import { BehaviorSubject, Subject } from "rxjs";
import { type Json, type JsonObject, isObject, member, number, text } from "./json";
import { type Change, isGone } from "./replica";

/** What people have of health where a game does not say it. */
const FULL_HEALTH = 100;
/** What a thing of this name gives is a number of its own beside the inventory. */
const AMMO = "ammo";

/** Something carried, and how many of it. */
export interface Item {
  /** As its maker called it: `red_key`. */
  readonly name: string;
  readonly count: number;
}

/** What the visitor has in hand; numbers are null for what is never loaded. */
export interface Weapon {
  readonly name: string;
  readonly loaded: number | null;
  readonly capacity: number | null;
  /** What is left to load it with. */
  readonly reserve: number | null;
}

export interface Vitals {
  /** Whether a game is on in this room. */
  readonly game: boolean;
  /** Null where nobody counts it. */
  readonly health: number | null;
  /** What health is when nothing hurts. */
  readonly full: number;
  readonly armour: number;
  /** By name. */
  readonly items: readonly Item[];
  readonly points: number | null;
  readonly score: number | null;
  readonly weapon: Weapon | null;
  /** Until when the visitor is dead, by the room's clock, milliseconds; null while they live. */
  readonly dead_until_ms: number | null;
}

/** Something that hurt the visitor. */
export interface Hurt {
  readonly amount: number;
  /** The same as a share of full health, 0 to 1. */
  readonly share: number;
  /** Where it came from: 0 ahead, positive to the right, radians; null where that is not known. */
  readonly from_rad: number | null;
}

/** The visitor has died and is not back. */
export interface Fallen {
  /** Who did it, as one reads it; null where nobody did, or nobody knows. */
  readonly by: string | null;
  /** Whole seconds until they are back; null while the room's clock is not known. */
  readonly back_s: number | null;
}

/** Nobody counts anything. */
export const NO_VITALS: Vitals = {
  game: false,
  health: null,
  full: FULL_HEALTH,
  armour: 0,
  items: [],
  points: null,
  score: null,
  weapon: null,
  dead_until_ms: null,
};

/** What the components of one's avatar, and those of the room's `game`, come to; an observer has no avatar. */
export function vitalsOf(own: JsonObject | undefined, game: JsonObject | undefined): Vitals {
  if (own === undefined) return { ...NO_VITALS, game: game !== undefined };
  const full = Math.max(1, number(game?.["health"]) ?? FULL_HEALTH);
  const health = number(own["health"]) ?? (game === undefined ? null : full);
  const dead = own["dead"];
  return {
    game: game !== undefined,
    health: health === null ? null : Math.max(0, health),
    full,
    armour: Math.max(0, number(own["armour"]) ?? 0),
    items: itemsOf(own),
    points: number(own["points"]) ?? null,
    score: number(own["score"]) ?? null,
    weapon: weaponOf(own),
    dead_until_ms: dead === undefined || dead === null ? null : (number(member(dead, "until")) ?? 0),
  };
}

/** Whether there is anything to show of them. */
export function isCounted({ health, armour, items, points, score, weapon }: Vitals): boolean {
  return health !== null || armour > 0 || items.length > 0 || points !== null || score !== null || weapon !== null;
}

/** Whole seconds until a time of the room's clock; never below 0. */
export function secondsUntil(until_ms: number, room_ms: number | undefined): number | null {
  return room_ms === undefined ? null : Math.max(0, Math.ceil((until_ms - room_ms) / 1_000));
}

/** From where something comes to a viewer, radians to the right of straight ahead; null for what is right here. */
export function directionTo(viewer: { readonly x: number; readonly z: number; readonly yaw: number }, x: number, z: number): number | null {
  const [dx, dz] = [x - viewer.x, z - viewer.z];
  if (Math.hypot(dx, dz) < HERE_M) return null;
  const turn = Math.atan2(dx, dz) - viewer.yaw;
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}

/** What is this near comes from nowhere, metres. */
const HERE_M = 0.4;

/** Also of rooms that keep a list of names instead of counts. */
function counted(inventory: Json | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  if (Array.isArray(inventory)) {
    for (const name of (inventory as readonly Json[]).map(text)) {
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  } else if (isObject(inventory)) {
    for (const [name, value] of Object.entries(inventory)) {
      const count = number(value) ?? (value === null || value === false ? 0 : 1);
      if (count > 0) counts.set(name, count);
    }
  }
  return counts;
}

function itemsOf(own: JsonObject): readonly Item[] {
  const counts = counted(own["inventory"]);
  const ammo = number(own[AMMO]) ?? 0;
  if (ammo > 0) counts.set(AMMO, ammo);
  // What the hand's weapon is loaded with is said beside it.
  const loads = text(member(weaponIn(own), "ammo"));
  if (loads !== undefined) counts.delete(loads);
  const items = [...counts].map(([name, count]) => ({ name, count }));
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function weaponIn(own: JsonObject): JsonObject | undefined {
  const name = text(own["weapon"]);
  const weapon = name === undefined ? undefined : member(own["weapons"], name);
  return isObject(weapon) ? weapon : undefined;
}

function weaponOf(own: JsonObject): Weapon | null {
  const [name, weapon] = [text(own["weapon"]), weaponIn(own)];
  if (name === undefined || weapon === undefined) return null;
  const [capacity, ammo] = [number(weapon["capacity"]) ?? null, text(weapon["ammo"])];
  const held = ammo === AMMO ? number(own[AMMO]) : undefined;
  return {
    name,
    capacity,
    loaded: number(weapon["loaded"]) ?? capacity,
    reserve: ammo === undefined ? null : (held ?? counted(own["inventory"]).get(ammo) ?? 0),
  };
}

/** The visitor's own. */
export class OwnVitals {
  readonly vitals$ = new BehaviorSubject<Vitals>(NO_VITALS);
  /** Null while the visitor lives. */
  readonly fallen$ = new BehaviorSubject<Fallen | null>(null);
  /** Each time something hurts. */
  readonly hurt$ = new Subject<Hurt>();
  /** Games that entities carry, by index. */
  readonly #games = new Map<number, { readonly id: string; readonly game: JsonObject }>();
  #game: JsonObject | undefined;
  #own: JsonObject | undefined;
  #spelling = JSON.stringify(NO_VITALS);
  #by: string | null = null;
  #stale = false;

  /** Whether the visitor has died and is not back. */
  get dead(): boolean {
    return this.vitals$.value.dead_until_ms !== null;
  }

  /** Notes which entities carry a game; of several the one with the smallest id counts. */
  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      const { index, record } = change;
      const game = record?.components["avatar"] === undefined ? record?.components["game"] : undefined;
      if (isObject(game)) this.#games.set(index, { id: record?.id ?? "", game });
      // Where it is says nothing of what it is.
      else if (record === undefined && !isGone(change)) continue;
      else if (!this.#games.delete(index)) continue;
      this.#stale = true;
    }
    if (this.#stale) this.#game = [...this.#games.values()].sort((a, b) => (a.id < b.id ? -1 : 1))[0]?.game;
  }

  /** What the room says of the visitor now, and what its clock says; once a frame. */
  learn(own: JsonObject | undefined, room_ms: number | undefined): void {
    if (own !== this.#own || this.#stale) this.#read(own);
    this.#countDown(room_ms);
  }

  /** Who has killed the visitor; told before or with the death itself. */
  killedBy(name: string | null): void {
    this.#by = name;
  }

  /** The visitor was hurt. */
  hurt(amount: number, from_rad: number | null): void {
    if (amount > 0) this.hurt$.next({ amount, share: Math.min(1, amount / this.vitals$.value.full), from_rad });
  }

  #read(own: JsonObject | undefined): void {
    [this.#own, this.#stale] = [own, false];
    const vitals = vitalsOf(own, this.#game);
    // An avatar's record is a new one for whatever changes of it.
    const spelling = JSON.stringify(vitals);
    if (spelling === this.#spelling) return;
    this.#spelling = spelling;
    this.vitals$.next(vitals);
  }

  #countDown(room_ms: number | undefined): void {
    const until_ms = this.vitals$.value.dead_until_ms;
    const before = this.fallen$.value;
    if (until_ms === null) {
      if (before === null) return;
      this.#by = null;
      return this.fallen$.next(null);
    }
    const back_s = secondsUntil(until_ms, room_ms);
    if (before?.back_s !== back_s || before.by !== this.#by) this.fallen$.next({ by: this.#by, back_s });
  }
}
