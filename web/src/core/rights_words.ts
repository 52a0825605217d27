/**
 * Roles, and what a change of one's rights means, in plain words. Pure; knows no screen.
 */
import type { HudLine } from "./hud";
import { type Permission, type Rights, type Role, type RoomSettings, can, isAbove } from "./rights";

/** What someone is. */
export const ROLE_WORDS: { readonly [role in Role]: string } = {
  visitor: "a visitor",
  member: "a member",
  builder: "a builder",
  moderator: "a moderator",
  owner: "an owner",
};

/** Everyone who is at least that. */
export const AT_LEAST_WORDS: { readonly [role in Role]: string } = {
  visitor: "Everyone",
  member: "Members and above",
  builder: "Builders and above",
  moderator: "Moderators and owners",
  owner: "Only owners",
};

/** Those who are exactly that. */
const PLURALS: { readonly [role in Role]: string } = {
  visitor: "visitors",
  member: "members",
  builder: "builders",
  moderator: "moderators",
  owner: "owners",
};

/** What the room's owner opens and closes. */
const CHOSEN: readonly {
  readonly permission: Permission;
  readonly setting: keyof RoomSettings;
  readonly act: string;
  readonly acting: string;
}[] = [
  { permission: "build", setting: "who_may_build", act: "build", acting: "building" },
  { permission: "save", setting: "who_may_save", act: "save and restore", acting: "saving and restoring" },
];

/** Said to someone who wants to build and may not. */
export function buildersWords({ settings }: Rights): string {
  return `${AT_LEAST_WORDS[settings.who_may_build]} may build here.`;
}

/** Said to someone who wants to write and may not. */
export const MUTED_WORDS = "A moderator has muted you: you can read along, and nobody hears you.";

/** What the step from one state of one's rights to the next means, in lines; none for what changes nothing. */
export function changeLines(before: Rights, after: Rights): readonly HudLine[] {
  const of_role = before.role === after.role ? settingsLines(before, after) : [roleLine(before, after)];
  return [...of_role, ...muteLines(before, after)];
}

function roleLine(before: Rights, after: Rights): HudLine {
  const acts = (those: (permission: Permission) => boolean) =>
    CHOSEN.filter(({ permission }) => those(permission)).map(({ act }) => act);
  const gained = acts((each) => !can(before, each) && can(after, each));
  const lost = acts((each) => can(before, each) && !can(after, each));
  const sentences = [
    `You are ${ROLE_WORDS[after.role]} now.`,
    ...(gained.length > 0 ? [`You may ${gained.join(" and ")}.`] : []),
    ...(lost.length > 0 ? [`You may no longer ${lost.join(" or ")}.`] : []),
  ];
  return { text: sentences.join(" "), tone: isAbove(after.role, before.role) ? "good" : "warn" };
}

function settingsLines(before: Rights, after: Rights): readonly HudLine[] {
  return CHOSEN.flatMap(({ permission, setting, act, acting }): readonly HudLine[] => {
    const least = after.settings[setting];
    if (before.settings[setting] === least) return [];
    const [could, may] = [can(before, permission), can(after, permission)];
    if (could && !may) return [{ text: `The owner has closed ${acting} for ${PLURALS[after.role]}.`, tone: "warn" }];
    if (!could && may) return [{ text: `You may ${act} now.`, tone: "good" }];
    // What stays closed is no news to whom it is closed.
    return may ? [{ text: `${AT_LEAST_WORDS[least]} may ${act} now.`, tone: "plain" }] : [];
  });
}

function muteLines(before: Rights, after: Rights): readonly HudLine[] {
  if (before.muted === after.muted) return [];
  return after.muted
    ? [{ text: MUTED_WORDS, tone: "warn" }]
    : [{ text: "You are no longer muted: everyone hears you again.", tone: "good" }];
}
