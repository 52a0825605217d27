/**
 * Who is in the room: derived from entities that carry an avatar. Knows neither core nor scene.
 */
import { BehaviorSubject } from "rxjs";
import { type AvatarLook, lookOf, sameLook } from "./avatar_look";
import type { Reply } from "./commands";
import { type JsonObject, member, text } from "./json";
import { NO_RELATIONS, type Relations, type Role, roleOf } from "./rights";
import type { Wishes } from "./wishes";
import { shown } from "./writing";

/** Someone in the room (with an avatar), oneself included. */
export interface Person {
  readonly user_id: string;
  readonly nickname: string;
  readonly color: string;
  readonly look: AvatarLook;
  /** The seat they are on, by its entity; null while they stand. */
  readonly seat: string | null;
  readonly self: boolean;
  readonly away: boolean;
  readonly role: Role;
  /** Not to be heard for now. */
  readonly muted: boolean;
  /** Has died in a game, and is not back. */
  readonly dead: boolean;
}

/** Shown for someone whose avatar has no colour yet. */
export const COLOR_DEFAULT = "#9AA7B4";
/** Shown for someone without a nickname. */
export const NICKNAME_DEFAULT = "Visitor";

/** "#RRGGBB": the only spelling that reaches a page. */
export function isColor(value: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(value);
}

/** The person an entity is, or undefined when it is a thing. */
export function personOf(
  id: string,
  components: JsonObject,
  self_id: string,
  away: boolean,
): Person | undefined {
  const avatar = components["avatar"];
  if (avatar === undefined) return undefined;
  const color = text(member(avatar, "color"));
  return {
    user_id: id,
    nickname: shown(text(components["nickname"]) ?? "").trim() || NICKNAME_DEFAULT,
    color: color !== undefined && isColor(color) ? color : COLOR_DEFAULT,
    look: lookOf(avatar),
    seat: text(components["sitting_on"]) ?? null,
    self: id === self_id,
    away,
    role: roleOf(components["role"]),
    muted: components["muted"] === true,
    dead: (components["dead"] ?? null) !== null,
  };
}

/** Compares names as people do; made once, since making one costs more than a thousand comparisons. */
const NAMES = new Intl.Collator();

/** Oneself first, then by name, then by id, so that rows do not jump. */
export function inOrder(people: Iterable<Person>): readonly Person[] {
  return [...people].sort(
    (a, b) =>
      Number(b.self) - Number(a.self) ||
      NAMES.compare(a.nickname, b.nickname) ||
      (a.user_id < b.user_id ? -1 : Number(a.user_id > b.user_id)),
  );
}

export function samePerson(a: Person | undefined, b: Person | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const same_looks = a.nickname === b.nickname && a.color === b.color && a.away === b.away && a.self === b.self;
  return same_looks && sameLook(a.look, b.look) && a.seat === b.seat && a.role === b.role && a.muted === b.muted && a.dead === b.dead;
}

/** The people here, as this visitor meets them. */
export class People {
  /** Without those who blocked this visitor. */
  readonly people$ = new BehaviorSubject<readonly Person[]>([]);
  readonly relations$ = new BehaviorSubject<Relations>(NO_RELATIONS);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  /** Between this visitor and someone else. */
  setBlocked(user_id: string, blocked: boolean): Promise<Reply> {
    return this.#wishes.command(blocked ? "block" : "unblock", { user_id });
  }
}
