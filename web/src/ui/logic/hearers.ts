/** Who hears what one writes, in words. Pure. */
import { type Audience, EVERYONE, MODERATORS, NEAR, sameAudience, whisperTo } from "../../core/audience";
import { isolated } from "../../core/writing";

/** One way to be heard. */
export interface Hearers {
  readonly key: string;
  readonly audience: Audience;
  /** In the list of ways. */
  readonly words: string;
  /** In the empty field. */
  readonly invites: string;
}

type NameOf = (user_id: string) => string | undefined;

const ALWAYS: readonly Hearers[] = [
  { key: "everyone", audience: EVERYONE, words: "Everyone", invites: "Write to everyone here" },
  { key: "near", audience: NEAR, words: "Those near me", invites: "Write to those within 5 m" },
  { key: "moderators", audience: MODERATORS, words: "Moderators", invites: "Write to the moderators" },
];

/** The way to be heard by one person alone. */
export function whisperKey(user_id: string): string {
  return `whisper ${user_id}`;
}

/** The ways to be heard, with the person who is whispered to last. */
export function waysToBeHeard(whispered_to: string | null, nameOf: NameOf): readonly Hearers[] {
  if (whispered_to === null) return ALWAYS;
  const name = isolated(nameOf(whispered_to) ?? "Someone who left");
  const whisper = { audience: whisperTo(whispered_to), words: `${name} alone`, invites: `Whisper to ${name}` };
  return [...ALWAYS, { key: whisperKey(whispered_to), ...whisper }];
}

/** Who heard a line beside oneself, when it was not everyone; empty when it was. */
export function heardBy(to: Audience, author: string, self_id: string | null, nameOf: NameOf): string {
  const own = author === self_id;
  switch (to.for) {
    case "everyone":
      return "";
    case "near":
      return "nearby";
    case "role":
      return sameAudience(to, MODERATORS) ? "to moderators" : `to every ${to.role}`;
    case "users": {
      if (!own && to.users.length === 1) return "to you alone";
      const names = to.users.filter((id) => id !== author).map((id) => (id === self_id ? "you" : isolated(nameOf(id) ?? "someone")));
      return `to ${names.join(", ")}`;
    }
  }
}
