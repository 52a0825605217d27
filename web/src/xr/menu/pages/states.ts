/** The room's saved states: keep the present under a name, or bring one back for everyone. Pure: state in, rows out. */
import { TITLE_CHARS_MAX } from "../../../core/generated";
import { type ListedSnapshot, keptWords, listedSnapshots, lossWords, replacedBy, snapshotNameError } from "../../../ui/logic/snapshots";
import type { Page, Row } from "../rows";
import type { Desk } from "../state";

export function states(desk: Desk): Page {
  const listed = listedSnapshots(desk.app.states.snapshots$.value);
  const asked = listed.find(({ name }) => `restore ${name}` === desk.state.asked);
  if (asked !== undefined) return { rows: confirmation(desk, asked) };
  const none: Row = { kind: "words", words: "Nothing is saved yet.", tone: "soft" };
  const entries = listed.length === 0 ? [none] : listed.map((each) => entry(desk, each));
  return { rows: [...(desk.observing ? [observing()] : [save(desk)]), ...entries] };
}

function observing(): Row {
  return { kind: "words", words: "Enter the room to save or to restore.", tone: "soft" };
}

function save(desk: Desk): Row {
  const edit = (): void =>
    desk.write({
      title: "Save the room as it is now",
      invites: "Before the party",
      value: "",
      chars_max: TITLE_CHARS_MAX,
      send_words: "Save",
      error: (text) => snapshotNameError(text) ?? takenError(desk, text),
      send: (text) => desk.attempt(desk.app.states.saveSnapshot(text)),
    });
  return { kind: "field", words: "Save the room as it is now", value: "", invites: "Give it a name", lit: desk.writing !== null, edit };
}

/** Nothing is replaced from a headset: that is asked about where there is room for the question. */
function takenError(desk: Desk, text: string): string | null {
  return replacedBy(text, desk.app.states.snapshots$.value) === undefined ? null : "There is one of that name. Choose another.";
}

function entry(desk: Desk, listed: ListedSnapshot): Row {
  const { name, title, action } = listed;
  const people = desk.app.people.people$.value;
  const aside = keptWords(listed, desk.now_ms, (id) => people.find((person) => person.user_id === id)?.nickname);
  const ask = { button: { words: action, act: () => desk.go({ asked: `restore ${name}` }) } };
  return { kind: "entry", key: name, words: title, aside, ...(desk.observing ? {} : ask) };
}

function confirmation(desk: Desk, listed: ListedSnapshot): readonly Row[] {
  const { name, title, action } = listed;
  const restore = (): void =>
    void desk.attempt(desk.app.states.restoreSnapshot(name)).then((done) => done && desk.go({ asked: null }));
  return [
    { kind: "title", words: `${action} “${title}” for everyone in the room?` },
    { kind: "words", words: `${lossWords(listed)} People stay where they are.`, tone: "soft" },
    {
      kind: "buttons",
      buttons: [
        { words: "Cancel", act: () => desk.go({ asked: null }) },
        { words: action, face: "primary", act: restore },
      ],
    },
  ];
}
