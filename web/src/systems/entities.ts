/** The things of the room: the replica's changes become what is drawn, lit and bumped into. */
import { type Change, isGone } from "../core/replica";
import { DAY, skyOf } from "../scene/environment";
import { hullCollider, skinCollider, standOf } from "../scene/models/measure";
import type { Context } from "./context";

/** How often the nearest lamps are chosen anew, milliseconds. */
const LAMPS_EVERY_MS = 500;

export function entities({ app, core, stage, clock, sockets, onFrame }: Context): () => void {
  stage.models.onTrouble = (url, words) => {
    app.hud.hud$.next({ text: `The model ${url} cannot be shown: ${words}.`, tone: "warn" });
  };
  app.models.measure = async (url) => {
    const geometry = await stage.models.geometry(url);
    return { hull: hullCollider(geometry), skin: skinCollider(geometry), ...standOf(geometry) };
  };
  const painted = app.sky.sky$.subscribe((sky) => stage.paintSky(sky === undefined ? DAY : skyOf(sky)));
  let lamps_ms = 0;
  /** What was put where it is in this frame: it is not moved there once more. */
  const fresh = new Set<number>();
  onFrame(() => {
    const { changes } = clock;
    // Views are read after the last call into the core that may have moved its memory.
    const matrices = core.matrices();
    fresh.clear();
    for (const change of changes) applyChange(change, matrices);
    sockets.follow(changes);
    for (const index of core.dirty()) if (!fresh.has(index)) stage.props.move(index, matrices);
    if (changes.length > 0) stage.lightUp();
    if (clock.now_ms < lamps_ms && changes.length === 0) return;
    lamps_ms = clock.now_ms + LAMPS_EVERY_MS;
    stage.lamps.chooseNearest(...stage.eye);
  });

  function applyChange(change: Change, matrices: Float32Array): void {
    if (isGone(change)) {
      stage.props.remove(change.index);
      return;
    }
    // Without a record only its place changed.
    if (change.record === undefined) return stage.props.move(change.index, matrices);
    const { components } = change.record;
    // People are drawn by the crowd.
    if (components["avatar"] !== undefined) stage.props.remove(change.index);
    else {
      stage.props.put(change.index, components, matrices);
      fresh.add(change.index);
    }
  }

  return () => painted.unsubscribe();
}
