/**
 * Whom one hears from where, and who is shown as speaking: told to the voices a few times a second. Loads them once somebody is
 * inside and the room is seen.
 */
import { AVATAR_FLAG, AVATAR_ROW } from "../core/generated";
import { sameOrNew } from "../core/voice";
import { PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";

/** How often voices follow those who move, milliseconds: nobody hears steps of a walk this short. */
const PLACED_EVERY_MS = 100;
/** How often lists follow those who speak, milliseconds. */
const LISTED_EVERY_MS = 300;

export function voices({ app, core, session, stage, clock, onFrame }: Context): () => void {
  const { voice } = app;
  const head = new Float32Array(PLACE_FLOATS);
  let next_place_ms = 0;
  let next_list_ms = 0;
  let loaded = false;
  onFrame(() => {
    if (!app.visit.inRoom) return;
    if (!loaded && app.visit.loading$.value === null) {
      loaded = true;
      void voice.load();
    }
    if (clock.now_ms >= next_place_ms) {
      next_place_ms = clock.now_ms + PLACED_EVERY_MS;
      place();
    }
    if (clock.now_ms >= next_list_ms) {
      next_list_ms = clock.now_ms + LISTED_EVERY_MS;
      list();
    }
  });

  function place(): void {
    const { ears } = voice;
    if (ears === undefined) return;
    // Before asking who somebody is: that may move the core's memory.
    const rows = core.avatars().slice();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      const person = session.personAt(rows[at + AVATAR_ROW.index] ?? -1);
      if (person === undefined || !ears.carries(person.user_id)) continue;
      const from = at + AVATAR_ROW.head;
      ears.put(person.user_id, rows[from] ?? 0, rows[from + 1] ?? 0, rows[from + 2] ?? 0);
    }
    ears.listen(stage.rig.toRoom(stage.rig.head, head));
  }

  /** Those whom one hears, and those of whom the room says that they speak. */
  function list(): void {
    const now = new Set(voice.heard$.value);
    if (voice.speaking$.value) now.add(app.user_id);
    const rows = core.avatars().slice();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      if (((rows[at + AVATAR_ROW.flags] ?? 0) & AVATAR_FLAG.speaking) === 0) continue;
      const person = session.personAt(rows[at + AVATAR_ROW.index] ?? -1);
      if (person !== undefined) now.add(person.user_id);
    }
    const speakers = sameOrNew(voice.speakers$.value, now);
    if (speakers !== voice.speakers$.value) voice.speakers$.next(speakers);
  }

  return () => undefined;
}
