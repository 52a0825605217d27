/** What was said, newest last, and saying something to whom one chooses. Pure: state in, rows out. */
import { SAY_CHARS_MAX } from "../../../core/generated";
import { MUTED_WORDS } from "../../../core/rights_words";
import { listedLines } from "../../../ui/logic/chat";
import { readableOn } from "../../../ui/logic/colors";
import { type Hearers, heardBy, waysToBeHeard } from "../../../ui/logic/hearers";
import { clockTime } from "../../../ui/logic/time";
import { chosen } from "../../panel/sheet";
import type { Page, Row } from "../rows";
import type { Desk } from "../state";

/** Lines that can be leafed through here; the log wall has as many. */
const LINES_MAX = 100;

export function chat(desk: Desk): Page {
  const { app } = desk;
  const self_id = app.people.people$.value.find((person) => person.self)?.user_id ?? null;
  const shown = listedLines(app.chat.chat$.value, app.people.relations$.value).slice(-LINES_MAX);
  const rows = shown.map(({ line, headed }, index): Row => {
    const said: Row = { kind: "line", text: line.text };
    if (!headed && index > 0) return said;
    const heard = heardBy(line.to, line.user_id, self_id, (id) => nameOf(desk, id));
    const aside = heard === "" ? clockTime(line.at_ms) : `${heard} · ${clockTime(line.at_ms)}`;
    return { ...said, by: { name: line.nickname, color: chosen(readableOn(line.color)), aside } };
  });
  const unsent = app.chat.unsent$.value.map(({ text }): Row => ({ kind: "words", words: `${text} (sending…)`, tone: "soft" }));
  const none: Row = { kind: "words", words: "Nothing was said yet.", tone: "soft" };
  const all = [...rows, ...unsent];
  return { rows: all.length === 0 ? [none] : all, newest_last: true, below: writing(desk) };
}

function writing(desk: Desk): readonly Row[] {
  if (desk.observing) return [{ kind: "words", words: "Enter the room to write: the page “Room” lets you in.", tone: "soft" }];
  if (desk.app.rights.rights$.value.muted) return [{ kind: "words", words: MUTED_WORDS, tone: "soft" }];
  const ways = waysToBeHeard(desk.state.whispered_to, (id) => nameOf(desk, id));
  const way = ways.find(({ key }) => key === desk.state.hearers) ?? ways[0];
  if (way === undefined) return [];
  const to: Row = {
    kind: "choice",
    words: "",
    options: ways.map(({ key, words }) => ({ value: key, words })),
    value: way.key,
    choose: (hearers) => {
      desk.go({ hearers });
      // Who is writing goes on, to others.
      const next = ways.find(({ key }) => key === hearers);
      if (desk.writing !== null && next !== undefined) say(desk, next);
    },
  };
  return [to, { kind: "field", words: "", value: "", invites: way.invites, lit: desk.writing !== null, edit: () => say(desk, way) }];
}

function say(desk: Desk, { invites, audience, words }: Hearers): void {
  const gone = (): boolean => audience.for === "users" && audience.users.every((id) => nameOf(desk, id) === undefined);
  desk.write({
    title: `To: ${words}`,
    invites,
    value: "",
    chars_max: SAY_CHARS_MAX,
    send_words: "Send",
    again: true,
    error: (text) => {
      if (gone()) return "They are not here any more: choose who shall hear this.";
      return text === "" ? "Write something first." : null;
    },
    send: (text) => desk.attempt(desk.app.chat.say(text, audience)),
  });
}

function nameOf({ app }: Desk, user_id: string): string | undefined {
  return app.people.people$.value.find((person) => person.user_id === user_id)?.nickname;
}
