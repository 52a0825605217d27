/** The room's saved states: keep the present under a name, or bring one back for everyone. Pure: state in, rows out. */
import { TITLE_CHARS_MAX } from "../../../core/generated";
import { type ListedSnapshot, keptWords, listedSnapshots, lossWords, replacedBy, snapshotNameError } from "../../../ui/logic/snapshots";
import type { Page, Row } from "../rows";
import type { Desk } from "../state";

export function states(desk: Desk): Page {
  const listed = listedSnapshots(desk.app.states.snapshots$.value);
  const asked = listed.find(({ name }) => `restore ${name}` === desk.state.asked);
  if (asked !== undefined) return { rows: confirmation(desk, asked) };
  const replaced = listed.find(({ name }) => `replace ${name}` === desk.state.asked);
  if (replaced !== undefined) return { rows: replacement(desk, replaced) };
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
      error: snapshotNameError,
      send: (text) => keep(desk, text),
    });
  return { kind: "field", words: "Save the room as it is now", value: "", invites: "Give it a name", lit: desk.writing !== null, edit };
}

/** Saves, or asks first whether another state is to be replaced. */
function keep(desk: Desk, name: string): Promise<boolean> {
  const replaced = replacedBy(name, desk.app.states.snapshots$.value);
  if (replaced === undefined) return desk.attempt(desk.app.states.saveSnapshot(name));
  desk.go({ asked: `replace ${replaced.name}` });
  return Promise.resolve(true);
}

function replacement(desk: Desk, listed: ListedSnapshot): readonly Row[] {
  const replace = (): void =>
    void desk.attempt(desk.app.states.saveSnapshot(listed.name)).then((done) => done && desk.go({ asked: null }));
  return [
    { kind: "title", words: `Replace “${listed.title}” by the room as it is now?` },
    { kind: "words", words: keptBy(desk, listed), tone: "soft" },
    {
      kind: "buttons",
      buttons: [
        { words: "Keep it", act: () => desk.go({ asked: null }) },
        { words: "Replace", face: "primary", act: replace },
      ],
    },
  ];
}

function keptBy(desk: Desk, listed: ListedSnapshot): string {
  const people = desk.app.people.people$.value;
  return keptWords(listed, desk.now_ms, (id) => people.find((person) => person.user_id === id)?.nickname);
}

function entry(desk: Desk, listed: ListedSnapshot): Row {
  const { name, title, action } = listed;
  const aside = keptBy(desk, listed);
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
