/**
 * What just happened, in plain words: lines for facts of the room and for refusals. Pure; knows no screen.
 */
import type { HudLine } from "./app";
import type { RoomEvent } from "./core-types";
import { member, text } from "./json";

/** Reasons a room gives, as a person should read them. */
const REFUSALS: { readonly [reason: string]: string } = {
  banned: "You are banned from this room.",
  bad_component: "The room did not accept that value.",
  bad_payload: "The room did not understand that.",
  component_too_large: "That is too large.",
  id_taken: "That id is already taken.",
  left: "You are no longer in the room.",
  name_too_long: "That name is too long.",
  nickname_too_long: "That name is too long: 40 characters at most.",
  no_such_entity: "That thing is gone.",
  entity_not_found: "That thing is gone.",
  not_allowed: "You may not do that here.",
  forbidden: "You may not do that here.",
  not_driver: "You are in this room in another tab. Choose “Continue here” first.",
  not_entered: "Enter the room to do that.",
  observer: "Observers can look, not touch. Enter the room to do that.",
  nothing_selected: "Select something first.",
  out_of_bounds: "That is too far away.",
  rate_limited: "Slow down a little.",
  room_full: "The room is full. You can observe it.",
  room_full_of_entities: "The room is full of things. Remove something first.",
  room_not_found: "This room does not exist.",
  room_quarantined: "This room had a problem and is paused.",
  quarantined: "This room had a problem and is paused.",
  snapshot_not_found: "That saved state no longer exists.",
  store_slow: "The server is busy. Try again in a moment.",
  store_unavailable: "The server cannot save right now. Try again in a moment.",
  text_too_long: "That text is too long: 1000 characters at most.",
  too_many_commands: "Too much at once. Wait a moment.",
  unauthorized: "Your visit has expired.",
  version_conflict: "Someone else changed that first.",
};

/** A refusal in plain words: our sentence for known reasons, else the server's detail, else the reason itself. */
export function refusalWords(reason: string, detail: string): string {
  const known = Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason] : undefined;
  if (known !== undefined) return known;
  if (detail !== "") return detail.endsWith(".") ? detail : `${detail}.`;
  const words = reason.replaceAll("_", " ");
  return `That was refused: ${words}.`;
}

/** How to call a user: the last name they were known by. */
export type NameOf = (user_id: string) => string | undefined;

/** The line for a fact, or undefined when it needs none (own deeds, chat, movement). */
export function lineFor(fact: RoomEvent, self_id: string, nameOf: NameOf): HudLine | undefined {
  const subject = text(member(fact.payload, "user_id")) ?? fact.actor;
  const mine = subject === self_id;
  const name = text(member(fact.payload, "nickname")) ?? nameOf(subject) ?? "Someone";
  switch (fact.event) {
    case "user_joined":
      return mine ? undefined : { text: `${name} came in`, tone: "plain" };
    case "user_left":
      return mine ? undefined : { text: `${name} left`, tone: "plain" };
    case "user_renamed":
      return mine ? undefined : renamed(nameOf(subject), name);
    case "snapshot_saved":
      return { text: `${mine ? "You" : (nameOf(subject) ?? "Someone")} saved ${quoted(fact)}`, tone: "good" };
    case "snapshot_restored":
      return { text: `${mine ? "You" : (nameOf(subject) ?? "Someone")} restored ${quoted(fact)}`, tone: "good" };
    default:
      return undefined;
  }
}

function renamed(before: string | undefined, now: string): HudLine {
  const known = before !== undefined && before !== now;
  return { text: known ? `${before} is now ${now}` : `Someone is now called ${now}`, tone: "plain" };
}

function quoted(fact: RoomEvent): string {
  const name = text(member(fact.payload, "name"));
  if (name === undefined) return "the room";
  return name === "initial" ? "the room as it began" : `“${name}”`;
}
