/**
 * What just happened, in plain words: lines for facts of the room and for refusals. Knows no screen.
 */
import { Subject } from "rxjs";
import type { Coming } from "./comings";
import { type RoomEvent, userOf } from "./core-types";
import { member, text } from "./json";
import { isAbove, roleOf } from "./rights";
import { ROLE_WORDS } from "./rights_words";
import { BEFORE_RESTORE } from "./states";
import { isolated, shown } from "./writing";

/** A line at the bottom centre, shown for five seconds. */
export interface HudLine {
  readonly text: string;
  readonly tone: "plain" | "good" | "warn";
  /** What the room itself says: large, at the top, for so many milliseconds. */
  readonly banner_ms?: number;
  /** Only for the log: it is seen in another way already. */
  readonly quiet?: boolean;
  /** Gone once it was read: the log would hold little else. */
  readonly passing?: boolean;
  /** What can be done about it while it stands. */
  readonly way?: { readonly words: string; readonly act: () => void };
}

/** The lines as they come. */
export class Hud {
  readonly hud$ = new Subject<HudLine>();

  warn(line: string): void {
    this.hud$.next({ text: line, tone: "warn" });
  }
}

/** Reasons whose detail, as the server words it, does not help a visitor. All others speak for themselves. */
const REFUSALS: { readonly [reason: string]: string } = {
  left: "You are no longer in the room.",
  not_inside: "Observers can look, not touch. Enter the room to do that.",
  not_joined: "You are not connected right now.",
  nothing_selected: "Select something first.",
  nothing_to_undo: "You have changed nothing that can be taken back.",
  protected: "That is a person, not a thing.",
  room_full: "The room is full. You can observe it.",
  room_not_found: "This room does not exist.",
  too_many_commands: "Too much at once. Wait a moment.",
  unauthorized: "Your visit has expired.",
  unknown_entity: "That thing is gone.",
};

/** A refusal in plain words: our sentence for known reasons, else the server's detail, else the reason itself. */
export function refusalWords(reason: string, detail: string): string {
  const known = Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason] : undefined;
  if (known !== undefined) return known;
  if (detail !== "") return /[.!?…]$/.test(detail) ? detail : `${detail}.`;
  const words = reason.replaceAll("_", " ");
  return `That was refused: ${words}.`;
}

/** How to call a user: the last name they were known by; or a thing: as its maker called it. */
export type NameOf = (id: string) => string | undefined;

/** Who came or went by a fact; undefined for oneself and for everything else. */
export function comingOf(fact: RoomEvent, self_id: string, nameOf: NameOf): Coming | undefined {
  if (fact.event !== "user_joined" && fact.event !== "user_left") return undefined;
  const subject = subjectOf(fact);
  if (subject === self_id) return undefined;
  return { way: fact.event === "user_joined" ? "in" : "out", name: nameIn(fact, subject, nameOf) };
}

/** The line for a fact, or undefined when it needs none (own deeds and rights, comings, chat, movement). */
export function lineFor(fact: RoomEvent, self_id: string, nameOf: NameOf, hand_over_key = "H"): HudLine | undefined {
  const subject = subjectOf(fact);
  const mine = subject === self_id;
  const name = nameIn(fact, subject, nameOf);
  switch (fact.event) {
    case "user_renamed":
      return mine ? undefined : renamed(nameOf(subject), name);
    case "emoted":
      return { text: `${name} ${text(member(fact.payload, "emote")) ?? ""}`, tone: "plain" };
    case "snapshot_saved":
      return { text: `${mine ? "You" : isolated(nameOf(subject) ?? "Someone")} saved ${quoted(fact)}`, tone: "good" };
    case "snapshot_restored":
      return { text: `${mine ? "You" : isolated(nameOf(subject) ?? "Someone")} restored ${quoted(fact)}`, tone: "good" };
    case "grab_asked":
      return asked(mine, name, hand_over_key);
    case "screen_shared":
      return mine ? undefined : { text: `${name} shares onto a screen`, tone: "plain" };
    case "role_changed":
    case "user_muted":
    case "user_unmuted":
      return mine ? undefined : aboutRights(fact, name, userOf(fact.actor) === self_id);
    default:
      return undefined;
  }
}

function asked(by_me: boolean, name: string, key: string): HudLine {
  if (by_me) return { text: "You asked for it. Its holder has two seconds to hand it over.", tone: "plain" };
  return { text: `${name} asks for what you hold. ${key} hands it over.`, tone: "good" };
}

/** Who keeps order here is everyone's business; the rest only that of whoever did it. */
function aboutRights(fact: RoomEvent, name: string, by_me: boolean): HudLine | undefined {
  if (fact.event === "role_changed") {
    const role = roleOf(member(fact.payload, "role"));
    return by_me || isAbove(role, "builder") ? { text: `${name} is ${ROLE_WORDS[role]} now`, tone: "plain" } : undefined;
  }
  if (!by_me) return undefined;
  const words = fact.event === "user_muted" ? "is muted for everyone" : "can be heard again";
  return { text: `${name} ${words}`, tone: "plain" };
}

/** Whom a fact is about: the person it names, or whoever did it. */
export function subjectOf(fact: RoomEvent): string {
  return text(member(fact.payload, "user_id")) ?? userOf(fact.actor) ?? "";
}

function nameIn(fact: RoomEvent, subject: string, nameOf: NameOf): string {
  return isolated(shown(text(member(fact.payload, "nickname")) ?? nameOf(subject) ?? "Someone"));
}

function renamed(before: string | undefined, now: string): HudLine {
  const known = before !== undefined && isolated(before) !== now;
  return { text: known ? `${isolated(before)} is now ${now}` : `Someone is now called ${now}`, tone: "plain" };
}

function quoted(fact: RoomEvent): string {
  const name = text(member(fact.payload, "name"));
  if (name === undefined) return "the room";
  if (name === BEFORE_RESTORE) return "the room as it was before";
  return name === "initial" ? "the room as it began" : `“${isolated(shown(name))}”`;
}
