/**
 * What the room's rules did, in plain words: what they write for everyone to see, and lines for doors, things and lives. Pure.
 */
import type { RoomEvent } from "./core-types";
import type { HudLine, NameOf } from "./hud";
import { type JsonObject, member, number, text } from "./json";
import { isSeen, isolated, shown } from "./writing";

/** How long a banner stands when the fact does not say, and at least and at most, seconds. */
const BANNER_S = { usual: 4, least: 1, most: 60 } as const;

/** The banner that a fact puts up; undefined when it puts up none. */
export function bannerOf(fact: RoomEvent): HudLine | undefined {
  const words = text(member(fact.payload, "text"));
  if (fact.event !== "hud_shown" || words === undefined || !isSeen(words)) return undefined;
  const seconds = number(member(fact.payload, "seconds")) ?? BANNER_S.usual;
  const stands_s = Math.min(BANNER_S.most, Math.max(BANNER_S.least, seconds));
  return { text: shown(words).trim(), tone: "plain", banner_ms: 1_000 * stands_s };
}

/** The line for what happened in a game; `thingOf` names things as `nameOf` names people. Undefined when it needs none. */
export function gameLineFor(fact: RoomEvent, self_id: string, nameOf: NameOf, thingOf: NameOf): HudLine | undefined {
  const id = (name: string): string | undefined => text(member(fact.payload, name));
  const named = (who: string | undefined): string | undefined => {
    if (who === self_id) return "You";
    const name = who === undefined ? undefined : (nameOf(who) ?? thingOf(who));
    return name === undefined ? undefined : isolated(shown(name));
  };
  const person = named(id("user_id")) ?? "Someone";
  switch (fact.event) {
    case "door_opened":
      return plain(opened(id("by"), named, thingOf(id("entity") ?? "")));
    case "item_collected":
      return plain(`${person} collected ${collected(fact)}`);
    case "user_died":
      return deathOf(fact, self_id, person, id("by") === id("user_id") ? undefined : named(id("by")));
    case "user_respawned":
      return id("user_id") === self_id || nameOf(id("user_id") ?? "") === undefined ? undefined : plain(`${person} is back`);
    case "level_won":
      return { text: result(fact, "The game is won"), tone: "good" };
    case "level_lost":
      return plain(result(fact, "The game is lost"));
    default:
      return undefined;
  }
}

/** By nobody a door opens by itself; by somebody who is gone, or whom one does not meet, someone opened it. */
function opened(by: string | undefined, named: NameOf, door: string | undefined): string {
  const name = door === undefined ? undefined : isolated(shown(door));
  return by === undefined ? `${name ?? "A door"} opened` : `${named(by) ?? "Someone"} opened ${name ?? "a door"}`;
}

/** What a thing is called: by its maker, else a monster by its kind. */
export function thingName(components: JsonObject | undefined): string | undefined {
  const monster = components?.["monster"];
  const kind = monster === undefined || monster === false ? undefined : `A ${text(member(monster, "kind")) ?? "walker"}`;
  return text(components?.["name"]) ?? kind;
}

/** Makers name items as programs do: `red_key`. */
function collected(fact: RoomEvent): string {
  const item = isolated(shown(text(member(fact.payload, "item")) ?? "something").replaceAll("_", " "));
  if (text(member(fact.payload, "what")) === "weapon") return `the ${item}`;
  const amount = number(member(fact.payload, "amount")) ?? 1;
  return amount === 1 ? item : `${amount} × ${item}`;
}

/** One's own death is seen. */
function deathOf(fact: RoomEvent, self_id: string, person: string, by: string | undefined): HudLine {
  const mine = text(member(fact.payload, "user_id")) === self_id;
  const words = by === undefined ? `${person} died` : `${by} got ${mine ? "you" : person}`;
  return mine ? { ...plain(words), quiet: true } : plain(words);
}

/** Who, as one reads it, has killed the visitor; null where nobody did, where nobody knows, and for other facts. */
export function killerIn(fact: RoomEvent, self_id: string, nameOf: NameOf, thingOf: NameOf): string | null {
  const by = text(member(fact.payload, "by"));
  if (by === undefined || by === self_id) return null;
  const name = nameOf(by) ?? thingOf(by);
  return name === undefined ? null : isolated(shown(name));
}

function result(fact: RoomEvent, otherwise: string): string {
  const words = text(member(fact.payload, "text"));
  return words === undefined || !isSeen(words) ? otherwise : shown(words).trim();
}

function plain(words: string): HudLine {
  return { text: words, tone: "plain" };
}
