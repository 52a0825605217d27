/** The list of saved states as people read it. Pure. */
import { TITLE_CHARS_MAX } from "../../core/generated";
import type { SavedSnapshot } from "../../core/states";
import { characterCount, isSeen } from "../../core/writing";

export interface ListedSnapshot extends SavedSnapshot {
  readonly title: string;
  readonly action: "Reset" | "Restore";
}

/** What people named first, newest on top; then what the room kept by itself; the beginning last. */
export function listedSnapshots(snapshots: readonly SavedSnapshot[]): readonly ListedSnapshot[] {
  const order = { named: 0, auto: 1, initial: 2 } as const;
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

function words(snapshot: SavedSnapshot): Pick<ListedSnapshot, "title" | "action"> {
  if (snapshot.kind === "initial") return { title: "Initial state", action: "Reset" };
  return { title: snapshot.name, action: "Restore" };
}
