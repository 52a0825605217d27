/** Who is here, and what one may do to them or change of oneself. Pure: state in, rows out. */
import { NICKNAME_CHARS_MAX } from "../../../core/generated";
import type { Person } from "../../../core/people";
import { type Role, mayMute, rolesToGive } from "../../../core/rights";
import { folded } from "../../../core/writing";
import { whisperKey } from "../../../ui/logic/hearers";
import { LOOK_CHOICES, withPart } from "../../../ui/logic/looks";
import { nicknameError } from "../../../ui/logic/nickname";
import { roleChoices } from "../../../ui/logic/roles";
import { microphoneWords } from "../../../ui/logic/voice_words";
import { chosen } from "../../panel/sheet";
import type { Page, Row } from "../rows";
import type { Desk } from "../state";

/** From this many on people are looked for by their name. */
const SEARCH_FROM = 15;
/** People listed at once: nobody leafs further, and a list of a thousand costs a picture. */
const LISTED_MAX = 140;

export function people(desk: Desk): Page {
  const all = desk.app.people.people$.value;
  const about_whom = all.find((person) => person.user_id === desk.state.person);
  if (about_whom?.self === true) return { rows: self(desk, about_whom) };
  if (about_whom !== undefined && !desk.observing) return { rows: about(desk, about_whom) };
  const others = all.filter((person) => !person.self);
  if (others.length === 0) {
    const words = "Nobody else is here. Send someone the link: it is on the page “Room”.";
    return { rows: [...microphone(desk), ...all.map((person) => entry(desk, person)), { kind: "words", words, tone: "soft" }] };
  }
  const sought = folded(desk.state.sought);
  // They come in the order of their names, oneself first.
  const listed = sought === "" ? all : others.filter(({ nickname }) => folded(nickname).includes(sought));
  const none: readonly Row[] = listed.length > 0 ? [] : [{ kind: "words", words: "Nobody of that name.", tone: "soft" }];
  const shown = listed.slice(0, LISTED_MAX).map((person) => entry(desk, person));
  const left_out = listed.length - shown.length;
  const more: readonly Row[] = left_out === 0 ? [] : [{ kind: "words", words: `And ${left_out} more: find them by their name.`, tone: "soft" }];
  return { rows: [...microphone(desk), ...(all.length < SEARCH_FROM ? [] : search(desk)), ...none, ...shown, ...more] };
}

/** Whoever has an avatar here can be heard. */
function microphone({ app, observing }: Desk): readonly Row[] {
  if (observing) return [];
  const { label, advice, tone } = microphoneWords(app.voice.microphone$.value, false);
  const note = advice === "" ? {} : { note: advice };
  return [{ kind: "switch", words: label, ...note, on: tone === "on", set: () => app.voice.press() }];
}

function search(desk: Desk): readonly Row[] {
  const { sought } = desk.state;
  const find = (text: string): Promise<boolean> => {
    desk.go({ sought: text });
    return Promise.resolve(true);
  };
  const edit = (): void =>
    desk.write({ title: "Find someone", invites: "A part of their name", value: sought, chars_max: NICKNAME_CHARS_MAX, send_words: "Find", error: () => null, send: find });
  const field: Row = { kind: "field", words: "", value: sought, invites: "Find someone", lit: desk.writing !== null, edit };
  return sought === "" ? [field] : [field, { kind: "buttons", buttons: [{ words: "Everyone here", icon: "back", act: () => desk.go({ sought: "" }) }] }];
}

function entry(desk: Desk, person: Person): Row {
  const { user_id, nickname, color, away } = person;
  const may = person.self || !desk.observing;
  const act = may ? { act: () => desk.go({ person: user_id }) } : {};
  return { kind: "entry", key: user_id, words: nickname, aside: standing(desk, person), dot: chosen(color), away, ...act };
}

/** What someone is, beside their name. */
function standing(desk: Desk, { user_id, self, role, muted, away }: Person): string {
  const blocked = desk.app.people.relations$.value.blocked.has(user_id);
  const words = [
    self ? "you" : "",
    role === "visitor" ? "" : role,
    muted ? "muted" : "",
    desk.app.voice.choices.of(user_id).muted ? "muted for you" : desk.app.voice.speakers$.value.has(user_id) ? "speaks" : "",
    blocked ? "blocked" : away ? "away" : "",
  ];
  return words.filter((each) => each !== "").join(" · ");
}

function back(desk: Desk, words: string): Row {
  return { kind: "buttons", buttons: [{ words, icon: "back", act: () => desk.go({ person: null }) }] };
}

function self(desk: Desk, { nickname, color, look }: Person): readonly Row[] {
  const { app } = desk;
  const rename = (): void =>
    desk.write({
      title: "Your name",
      invites: "Your name",
      value: nickname,
      chars_max: NICKNAME_CHARS_MAX,
      send_words: "Save",
      error: nicknameError,
      send: (text) => desk.attempt(app.profile.rename(text)),
    });
  return [
    back(desk, "Everyone here"),
    { kind: "field", words: "Your name", value: nickname, invites: "Your name", edit: rename },
    { kind: "swatches", words: "Your colour", value: color, choose: (hex) => void desk.attempt(app.profile.recolor(hex)) },
    ...LOOK_CHOICES.map(({ part, label, options }): Row => {
      const choose = (value: string): void => void desk.attempt(app.profile.restyle(withPart(look, part, value)));
      return { kind: "choice", words: label, options, value: look[part], choose };
    }),
  ];
}

function about(desk: Desk, person: Person): readonly Row[] {
  const { app } = desk;
  const { user_id, nickname, role, muted } = person;
  const rights = app.rights.rights$.value;
  const blocked = app.people.relations$.value.blocked.has(user_id);
  const roles = roleChoices(rolesToGive(rights, role), role);
  const giving: Row = {
    kind: "choice",
    words: "Role",
    options: roles,
    value: role,
    choose: (wanted) => void desk.attempt(app.rights.setRole(user_id, wanted as Role)),
  };
  const whisper = (): void => desk.go({ page: "chat", whispered_to: user_id, hearers: whisperKey(user_id), person: null });
  const mute = (): void => void desk.attempt(app.rights.setMuted(user_id, !muted));
  const muting: Row = { kind: "buttons", buttons: [{ words: muted ? "Unmute for everyone" : "Mute for everyone", act: mute }] };
  const { choices } = app.voice;
  const unheard: Row = { kind: "switch", words: "Mute for me", on: choices.of(user_id).muted, set: (on) => choices.set(user_id, { muted: on }) };
  const block = (): void => void desk.attempt(app.people.setBlocked(user_id, !blocked));
  return [
    back(desk, "Everyone here"),
    { kind: "entry", key: user_id, words: nickname, aside: standing(desk, person), dot: chosen(person.color), away: person.away },
    ...(rolesToGive(rights, role).length > 0 ? [giving] : []),
    {
      kind: "buttons",
      buttons: [
        ...(blocked ? [] : [{ words: "Whisper", icon: "chat", act: whisper } as const]),
        { words: blocked ? "Unblock" : "Block", act: block },
      ],
    },
    ...(blocked ? [] : [unheard]),
    ...(mayMute(rights, role) ? [muting] : []),
    {
      kind: "words",
      small: true,
      tone: "soft",
      words: blocked ? "You do not see or hear each other." : "If you block someone, you no longer see or hear each other.",
    },
  ];
}
