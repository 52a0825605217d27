/**
 * Who is in the room: derived from entities that carry an avatar. Pure; knows neither core nor scene.
 */
import type { Person } from "./app";
import type { JsonObject } from "./core-types";
import { member, text } from "./json";
import { roleOf } from "./rights";

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
    nickname: text(components["nickname"])?.trim() || NICKNAME_DEFAULT,
    color: color !== undefined && isColor(color) ? color : COLOR_DEFAULT,
    self: id === self_id,
    away,
    role: roleOf(components["role"]),
    muted: components["muted"] === true,
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
  return same_looks && a.role === b.role && a.muted === b.muted;
}
