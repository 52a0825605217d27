/**
 * For whom something is said (protocol 3.9): everyone, those near, some people, or a role and those above it. Pure.
 */
import { type Json, type JsonObject, member, number, text } from "./json";
import { type Role, roleOf } from "./rights";

export type Audience =
  | { readonly for: "everyone" }
  | { readonly for: "near"; readonly metres: number }
  | { readonly for: "users"; readonly users: readonly string[] }
  | { readonly for: "role"; readonly role: Role };

export const EVERYONE: Audience = { for: "everyone" };
/** As far as a lowered voice carries, metres. */
export const NEAR: Audience = { for: "near", metres: 5 };
export const MODERATORS: Audience = { for: "role", role: "moderator" };

export function whisperTo(user_id: string): Audience {
  return { for: "users", users: [user_id] };
}

/** As the room tells it; what is not understood is not taken for a secret. */
export function audienceOf(to: Json | undefined): Audience {
  const metres = number(member(to, "near"));
  if (metres !== undefined) return { for: "near", metres };
  const users = member(to, "users");
  if (Array.isArray(users)) return { for: "users", users: users.flatMap((id) => text(id) ?? []) };
  const role = text(member(to, "role"));
  return role === undefined ? EVERYONE : { for: "role", role: roleOf(role) };
}

/** As it is told to the room; nothing for everyone. */
export function audienceJson(audience: Audience): JsonObject | undefined {
  switch (audience.for) {
    case "everyone":
      return undefined;
    case "near":
      return { near: audience.metres };
    case "users":
      return { users: audience.users };
    case "role":
      return { role: audience.role };
  }
}

export function sameAudience(a: Audience, b: Audience): boolean {
  return JSON.stringify(audienceJson(a) ?? null) === JSON.stringify(audienceJson(b) ?? null);
}
