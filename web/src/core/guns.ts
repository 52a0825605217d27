/**
 * What people shoot with, read from what the room says they have (docs/games.md). Pure.
 */
import { type Json, type JsonObject, isObject, member, number, text } from "./json";

/** Weapons by how they are drawn and how they sound. */
export const GUN_KINDS = ["pistol", "shotgun", "rifle", "launcher"] as const;
export type GunKind = (typeof GUN_KINDS)[number];

/** Shots a second from which on a weapon is a rifle. */
const RIFLE_RATE = 6;

/** A weapon as somebody carries it. */
export interface Weapon {
  readonly name: string;
  readonly kind: GunKind;
  /** Shots a second. */
  readonly rate: number;
  readonly pellets: number;
  /** Radians off the middle, at most. */
  readonly spread: number;
  readonly ammo: string;
  /** Shots of a magazine; 0 without one. */
  readonly capacity: number;
  readonly reload_ms: number;
  /** Metres a second; 0: it is there at once. */
  readonly speed_m_s: number;
  readonly range_m: number;
  /** Shots in the magazine, as the room last said; without a magazine all there are. */
  readonly loaded: number;
  /** Shots for it that are not in its magazine. */
  readonly reserve: number;
}

/** What somebody has to shoot with. */
export interface Loadout {
  /** The one in hand. */
  readonly in_hand: Weapon | undefined;
  /** All of them, in the order of their names. */
  readonly names: readonly string[];
}

export const NO_LOADOUT: Loadout = { in_hand: undefined, names: [] };

/** How a gun is drawn. */
export function gunKindOf(gun: Json | undefined): GunKind {
  if (text(member(gun, "kind")) === "projectile") return "launcher";
  if ((number(member(gun, "pellets")) ?? 1) > 1) return "shotgun";
  return (number(member(gun, "rate")) ?? 4) >= RIFLE_RATE ? "rifle" : "pistol";
}

export function loadoutOf(components: JsonObject | undefined): Loadout {
  const weapons = components?.["weapons"];
  if (components === undefined || !isObject(weapons)) return NO_LOADOUT;
  const name = text(components["weapon"]);
  const value = name === undefined ? undefined : member(weapons, name);
  const names = Object.keys(weapons).sort();
  if (name === undefined || !isObject(value)) return { in_hand: undefined, names };
  return { in_hand: weaponOf(name, value, components["inventory"]), names };
}

function weaponOf(name: string, value: JsonObject, inventory: Json | undefined): Weapon {
  const of = (field: string, usual: number) => number(value[field]) ?? usual;
  const ammo = text(value["ammo"]) ?? "bullets";
  const capacity = of("capacity", 0);
  const reserve = number(member(inventory, ammo)) ?? 0;
  return {
    name,
    kind: gunKindOf(value),
    rate: Math.max(0.2, of("rate", 4)),
    pellets: of("pellets", 1),
    spread: of("spread", 0),
    ammo,
    capacity,
    reload_ms: of("reload_ms", 1_500),
    speed_m_s: text(value["kind"]) === "projectile" ? of("speed", 60) : 0,
    range_m: of("range", 60),
    loaded: capacity > 0 ? of("loaded", 0) : reserve,
    reserve,
  };
}

/** What somebody else has in hand. */
export function gunInHand(components: JsonObject | undefined): GunKind | undefined {
  const name = text(components?.["weapon"]);
  const value = name === undefined ? undefined : member(components?.["weapons"], name);
  return value === undefined ? undefined : gunKindOf(value);
}

/** What lies about to be picked up, by how it is drawn. */
export const PICK_UPS = ["health", "armour", "immunity", "ammunition", "key", "points"] as const;
export type PickUp = (typeof PICK_UPS)[number];

/** What a collectable without a shape of its own is drawn as. */
export function pickUpOf(collectable: Json | undefined): PickUp {
  const item = text(member(collectable, "item")) ?? "points";
  if (item === "health" || item === "armour" || item === "immunity") return item;
  if (item === "points" || item === "score") return "points";
  return /key|card/.test(item) ? "key" : "ammunition";
}

const NAMED: { readonly [word: string]: readonly [number, number, number] } = {
  red: [0.93, 0.26, 0.27],
  blue: [0.24, 0.52, 0.95],
  green: [0.36, 0.78, 0.36],
  yellow: [0.97, 0.79, 0.24],
  orange: [0.96, 0.55, 0.2],
  purple: [0.6, 0.4, 0.9],
  white: [0.93, 0.93, 0.9],
  black: [0.22, 0.24, 0.28],
};

/** The colour of a thing that has one in its name: `red_key`. */
export function namedColor(item: string): readonly [number, number, number] | undefined {
  return item.split(/[^a-z]+/).map((word) => (Object.hasOwn(NAMED, word) ? NAMED[word] : undefined)).find((color) => color !== undefined);
}
