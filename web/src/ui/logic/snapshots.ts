/** The list of saved states as people read it. Pure. */
import { TITLE_CHARS_MAX } from "../../core/generated";
import type { SavedSnapshot } from "../../core/states";
import { characterCount, isSeen, isolated, spelt } from "../../core/writing";
import { savedWhen } from "./time";

export interface ListedSnapshot extends SavedSnapshot {
  readonly title: string;
  readonly action: "Reset" | "Restore" | "Go back";
}

/** What the last restore replaced, then what people named, newest on top; then what the room kept by itself; the beginning last. */
export function listedSnapshots(snapshots: readonly SavedSnapshot[]): readonly ListedSnapshot[] {
  const order = { before: 0, named: 1, auto: 2, initial: 3 } as const;
  return snapshots
    .toSorted((a, b) => order[a.kind] - order[b.kind] || b.at_ms - a.at_ms)
    .map((snapshot) => ({ ...snapshot, ...words(snapshot) }));
}

/** The error of a name for a saved state, or null when it is fine. */
export function snapshotNameError(text: string): string | null {
  const length = characterCount(text);
  if (!isSeen(text)) return "Give it a name to find it again.";
  return length > TITLE_CHARS_MAX ? `At most ${TITLE_CHARS_MAX} characters; this has ${length}.` : null;
}

/** When a state was kept and by whom, as far as they are known here. */
export function keptWords({ kind, at_ms, by }: SavedSnapshot, now_ms: number, nameOf: (user_id: string) => string | undefined): string {
  if (kind === "initial") return "As the room was made";
  const who = by === undefined ? undefined : nameOf(by);
  return who === undefined ? savedWhen(at_ms, now_ms) : `${savedWhen(at_ms, now_ms)}, by ${isolated(who)}`;
}

/** What bringing a state back would undo. */
export function lossWords({ changed }: SavedSnapshot): string {
  const kept = "What is here now is kept: you can go back to it.";
  if (changed === undefined) return kept;
  if (changed === 0) return "Nothing was added or changed since.";
  return `${changed === 1 ? "One thing was" : `${changed} things were`} added, changed or brought back since. ${kept}`;
}

/** The state that saving under a name would replace. */
export function replacedBy(name: string, snapshots: readonly SavedSnapshot[]): SavedSnapshot | undefined {
  const wanted = spelt(name);
  return snapshots.find((snapshot) => snapshot.kind === "named" && snapshot.name === wanted);
}

function words(snapshot: SavedSnapshot): Pick<ListedSnapshot, "title" | "action"> {
  if (snapshot.kind === "before") return { title: "Before the last restore", action: "Go back" };
  if (snapshot.kind === "initial") return { title: "Initial state", action: "Reset" };
  return { title: snapshot.name, action: "Restore" };
}
