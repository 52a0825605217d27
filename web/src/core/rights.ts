/**
 * What this visitor may do in the room, and whom they do not meet: learnt from joins, pushes and facts.
 *
 * The room decides; this only follows, so that the interface shows what will be accepted.
 */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import type { CoreEvent } from "./core-types";
import { type Json, member, text } from "./json";
import type { Wishes } from "./wishes";

/** What someone is in a room, from the least to the most. */
export type Role = "visitor" | "member" | "builder" | "moderator" | "owner";

/** What a command needs. */
export type Permission = "look" | "talk" | "own" | "build" | "save" | "moderate" | "govern";

/** What the room's owner chose: the least role that may. */
export interface RoomSettings {
  readonly who_may_build: Role;
  readonly who_may_save: Role;
}

/** What this visitor may do here, as the room told it last. */
export interface Rights {
  readonly role: Role;
  readonly may: readonly string[];
  readonly muted: boolean;
  readonly settings: RoomSettings;
  /** Facts up to this seq are part of it. */
  readonly as_of_seq: number;
}

/** Whom this visitor does not meet: whom they blocked, and who blocked them. */
export interface Relations {
  readonly blocked: ReadonlySet<string>;
  readonly blocked_by: ReadonlySet<string>;
}

/** All roles, from the least to the most. */
export const ROLES: readonly Role[] = ["visitor", "member", "builder", "moderator", "owner"];

/** Before the room has said anything. */
export const NO_RIGHTS: Rights = {
  role: "visitor",
  may: [],
  muted: false,
  settings: { who_may_build: "visitor", who_may_save: "visitor" },
  as_of_seq: 0,
};

export const NO_RELATIONS: Relations = { blocked: new Set(), blocked_by: new Set() };

/** A role as it is told; absent or unknown is a visitor. */
export function roleOf(value: Json | undefined): Role {
  return ROLES.find((role) => role === value) ?? "visitor";
}

export function can(rights: Rights, permission: Permission): boolean {
  return rights.may.includes(permission);
}

/** True when one role is above another. */
export function isAbove(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) > ROLES.indexOf(other);
}

/** The roles that this visitor may give to someone of role `whom`: an owner all, a moderator downwards only. */
export function rolesToGive(rights: Rights, whom: Role): readonly Role[] {
  if (!can(rights, "moderate")) return [];
  if (rights.role === "owner") return ROLES;
  return isAbove(rights.role, whom) ? ROLES.filter((role) => isAbove(rights.role, role)) : [];
}

/** Whether this visitor may mute someone of role `whom` for everyone. */
export function mayMute(rights: Rights, whom: Role): boolean {
  return can(rights, "moderate") && isAbove(rights.role, whom);
}

/** The rights after an event; the same object when it says nothing about them. */
export function rightsAfter(before: Rights, event: CoreEvent): Rights {
  switch (event.type) {
    case "joined": {
      const { role, may, muted, seq } = event;
      return { role: roleOf(role), may, muted, settings: settingsAfter(NO_RIGHTS.settings, event.settings), as_of_seq: seq };
    }
    case "rights":
      return { ...before, role: roleOf(event.role), may: event.may, muted: event.muted };
    case "event":
      // Facts that a resume tells late are older than what its join said.
      if (event.event !== "settings_changed" || event.seq <= before.as_of_seq) return before;
      return {
        ...before,
        settings: settingsAfter(before.settings, event.payload),
        may: mayAfter(before, event.payload),
        as_of_seq: event.seq,
      };
    default:
      return before;
  }
}

/** The relations after an event; the same object when it says nothing about them. */
export function relationsAfter(before: Relations, event: CoreEvent): Relations {
  if (event.type !== "joined" && event.type !== "relations") return before;
  return { blocked: new Set(event.blocked), blocked_by: new Set(event.blocked_by) };
}

/** True for someone who is neither seen nor heard, whoever of the two wanted it. */
export function isHidden({ blocked, blocked_by }: Relations, user_id: string): boolean {
  return blocked.has(user_id) || blocked_by.has(user_id);
}

/** What this visitor may, and giving rights to others. */
export class RoomRights {
  readonly rights$ = new BehaviorSubject<Rights>(NO_RIGHTS);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  setRole(user_id: string, role: Role): Promise<Reply> {
    return this.#wishes.command("set_role", { user_id, role });
  }

  setRoomSettings(change: Partial<RoomSettings>): Promise<Reply> {
    return this.#wishes.command("set_settings", { ...change });
  }

  /** For everyone in the room. */
  setMuted(user_id: string, muted: boolean): Promise<Reply> {
    return this.#wishes.command(muted ? "mute" : "unmute", { user_id });
  }
}

function settingsAfter(before: RoomSettings, told: Json): RoomSettings {
  const least = (name: keyof RoomSettings) => {
    const role = member(told, name);
    return role === undefined ? before[name] : roleOf(role);
  };
  return { who_may_build: least("who_may_build"), who_may_save: least("who_may_save") };
}

/** Changed settings are told once to all, with what each role may then; the muted do not talk whatever their role. */
function mayAfter({ role, may, muted }: Rights, payload: Json): readonly string[] {
  const names = member(member(payload, "may"), role);
  if (!Array.isArray(names)) return may;
  const told = (names as readonly Json[]).map(text).filter((name) => name !== undefined);
  return muted ? told.filter((name) => name !== "talk") : told;
}
