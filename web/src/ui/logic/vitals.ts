/**
 * How one fares in a game, in words, colours and amounts: for the page and for a headset. Pure.
 */
import type { Fallen, Hurt, Item, Vitals, Weapon } from "../../core/vitals";
import { isolated, shown } from "../../core/writing";
import { formatNumber } from "./numbers";

/** Items shown at once; the rest is counted. */
export const CHIPS_MAX = 6;
/** Below these shares of full health it is low, and it is critical. */
const LOW = 0.5;
const CRITICAL = 0.25;
/** How strong the red at the edge is at least and at most, 0 to 1, and per share of health lost. */
const TINT = { least: 0.3, most: 0.62, per_share: 1.1 } as const;
/** Where motion is unwelcome it is a hint. */
const STILL = 0.45;
/** How long it takes to go, milliseconds. */
export const TINT_MS = 800;
/** By how much the clear middle gives way on the side that was hurt, shares of the view. */
const GIVES_WAY = 0.16;

/** Colours that makers put into names, as their swatch. */
const COLORS: { readonly [word: string]: string } = {
  red: "#E2373A",
  orange: "#F08A2C",
  amber: "#EDA52F",
  yellow: "#F4D03F",
  gold: "#E5B94A",
  golden: "#E5B94A",
  green: "#4CAF50",
  lime: "#B4C94B",
  teal: "#1F9D8F",
  cyan: "#35C4D7",
  blue: "#2F7FD6",
  purple: "#8E5CD6",
  violet: "#8E5CD6",
  pink: "#E878A8",
  brown: "#8A5C3A",
  silver: "#B8C4CF",
  white: "#F4F5F7",
  gray: "#8A949E",
  grey: "#8A949E",
  black: "#15191D",
};

export type Tone = "good" | "low" | "critical";

export function toneOf(health: number, full: number): Tone {
  const share = health / full;
  return share < CRITICAL ? "critical" : share < LOW ? "low" : "good";
}

/** Health as people read it: what is left of it is never 0. */
export function wholeHealth(health: number): number {
  return Math.ceil(health);
}

/** How much of something: "1,250"; never more than a tenth exactly. */
export function amountWords(count: number): string {
  const [whole = "", tenth] = formatNumber(count, 1).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return tenth === undefined ? grouped : `${grouped}.${tenth}`;
}

/** An item or a weapon as people call it: makers write `red_key`. */
export function nameOf(name: string): string {
  return isolated(shown(name).replaceAll(/[_\s]+/g, " ").trim());
}

/** The colour a name has in it, or null. */
export function swatchOf(name: string): string | null {
  for (const word of name.toLowerCase().split(/[^a-z]+/)) if (Object.hasOwn(COLORS, word)) return COLORS[word] ?? null;
  return null;
}

/** Something carried, to be shown. */
export interface Chip {
  readonly name: string;
  readonly words: string;
  /** "× 3"; empty for one. */
  readonly count: string;
  readonly color: string | null;
  readonly key: boolean;
}

const isKey = ({ name }: Item): boolean => /(^|[^a-z])(key|keycard|card)s?$/i.test(name);

/** What is carried, keys first; and how many kinds are left out. */
export function chipsOf(items: readonly Item[], chips_max = CHIPS_MAX): { readonly chips: readonly Chip[]; readonly more: number } {
  const ordered = items.toSorted((a, b) => Number(isKey(b)) - Number(isKey(a)));
  const fits = ordered.length <= chips_max ? ordered : ordered.slice(0, chips_max - 1);
  const chips = fits.map((item) => ({
    name: item.name,
    words: nameOf(item.name),
    count: item.count === 1 ? "" : `× ${amountWords(item.count)}`,
    color: swatchOf(item.name),
    key: isKey(item),
  }));
  return { chips, more: ordered.length - fits.length };
}

/** What there is to load a weapon with: "6 / 24"; empty for one that needs nothing. */
export function ammoWords({ loaded, reserve }: Weapon): { readonly loaded: string; readonly reserve: string } {
  const words = (count: number | null): string => (count === null ? "" : amountWords(Math.max(0, Math.floor(count))));
  return { loaded: words(loaded ?? reserve), reserve: loaded === null ? "" : words(reserve) };
}

/** What is read out when it changes: what matters, and not every scratch. Empty for nothing. */
export function newsOf(before: Vitals, now: Vitals): string {
  if (now.dead_until_ms !== null || now.health === null) return "";
  const news: string[] = [];
  const tone = toneOf(now.health, now.full);
  const was = before.health === null ? "good" : toneOf(before.health, before.full);
  if (tone !== was && before.dead_until_ms === null) news.push(`Health ${wholeHealth(now.health)} of ${wholeHealth(now.full)}`);
  if (before.armour > 0 && now.armour === 0) news.push("No armor left");
  const { weapon } = now;
  if (weapon !== null && weapon.name !== before.weapon?.name) news.push(nameOf(weapon.name));
  else if (weapon?.loaded === 0 && before.weapon?.loaded !== 0) news.push((weapon.reserve ?? 0) > 0 ? "Empty. Reload." : "Empty");
  return news.join(". ");
}

/** How strongly the edge of the view reddens, 0 to 1; never the whole of it, and less where motion is unwelcome. */
export function tintOf({ share }: Hurt, still: boolean): number {
  const strength = Math.min(TINT.most, TINT.least + share * TINT.per_share);
  return still ? strength * STILL : strength;
}

/** What is left of a tint after so long, and with another one on top of it. */
export function tintAfter(strength: number, gone_ms: number, more = 0): number {
  const left = strength * (1 - Math.min(1, Math.max(0, gone_ms / TINT_MS))) ** 2;
  return Math.min(TINT.most, Math.max(left, more));
}

/** Where the middle of what stays clear is, shares of the view from its middle: away from where it hurt. */
export function clearMiddle(from_rad: number | null): readonly [number, number] {
  if (from_rad === null) return [0, 0];
  return [-Math.sin(from_rad) * GIVES_WAY, Math.cos(from_rad) * GIVES_WAY];
}

export interface FallenWords {
  readonly title: string;
  /** Who did it; empty where nobody did. */
  readonly by: string;
  readonly back: string;
}

export function fallenWords({ by, back_s }: Fallen): FallenWords {
  const back = back_s === null || back_s === 0 ? "Back in a moment" : `Back in ${back_s} s`;
  return { title: "You died", by: by === null ? "" : `${by} got you`, back };
}

/** The same in one line, for a headset. */
export function fallenLine(fallen: Fallen): string {
  const { title, by, back } = fallenWords(fallen);
  return `${by === "" ? title : `${title}. ${by}`}. ${back}.`;
}
