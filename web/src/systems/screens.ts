/**
 * The screens of the room: who shares onto which, what is shown there, and which of them matters to whoever looks.
 */
import { SCREEN_REACH_M } from "../core/generated";
import { type JsonObject, numbers, text } from "../core/json";
import { NICKNAME_DEFAULT } from "../core/people";
import { type Change, isGone } from "../core/replica";
import { roleOf } from "../core/rights";
import { type RoomScreen, type ScreenWish, type Sharer, type Sharers, sharersOf, wishFor } from "../core/screens";
import { shown } from "../core/writing";
import { lookOf } from "../scene/looks";
import type { Vector } from "../scene/matrix";
import { PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";

/** How often one looks which screens are near and how large they are, milliseconds. */
const LOOK_EVERY_MS = 250;
/** A screen that was out of sight for less than this, milliseconds, goes on coming: whoever looks back sees it at once. */
const GLANCE_MS = 3_000;
/** A screen without a panel of its own is as large as a new one, metres. */
const USUAL_SIZE: Vector = [3.2, 1.92, 0];

/** What is scaled below this is as good as gone. */
const SCALE_MIN = 0.001;

interface Known {
  readonly entity: string;
  readonly sharers: Sharers;
  readonly shared_by: string | null;
  readonly size: Vector;
  readonly scale: Vector;
}

export function screens({ app, core, session, replica, stage, clock, onFrame }: Context): () => void {
  const known = new Map<number, Known>();
  const seen_ms = new Map<string, number>();
  const head = new Float32Array(PLACE_FLOATS);
  let next_ms = 0;
  const streamed = app.screens.streams$.subscribe((streams) => {
    for (const [index, { entity }] of known) stage.screens.show(index, streams.get(entity));
  });

  onFrame(() => {
    for (const change of clock.changes) follow(change);
    learn();
    if (known.size > 0) {
      place();
      // A headset sees more than the page.
      if (stage.screens.update(clock.now_ms, stage.presented)) stage.stir();
    }
    if (clock.now_ms < next_ms) return;
    next_ms = clock.now_ms + LOOK_EVERY_MS;
    look();
  });

  function follow(change: Change): void {
    const { index } = change;
    if (isGone(change)) return forget(index);
    // What changed its place alone may have been stretched.
    const record = change.record ?? (known.has(index) ? replica.record(index) : undefined);
    if (record === undefined) return;
    const sharers = sharersOf(record.components["screen"]);
    if (sharers === undefined) return forget(index);
    const screen = { entity: record.id, sharers, shared_by: text(record.components["shared_by"]) ?? null, ...panelOf(record.components) };
    known.set(index, screen);
    stage.screens.put(index, { ...screen, sharer: sharerOf(screen)?.nickname ?? null });
    stage.screens.show(index, app.screens.streams$.value.get(screen.entity));
    next_ms = 0;
  }

  function forget(index: number): void {
    const screen = known.get(index);
    if (screen === undefined) return;
    known.delete(index);
    seen_ms.delete(screen.entity);
    stage.screens.remove(index);
    next_ms = 0;
  }

  /** Onto which screen one shares is the room's to say. */
  function learn(): void {
    const told = text(replica.components(session.self_id)?.["sharing_on"]) ?? null;
    if (told !== app.screens.told$.value) app.screens.told$.next(told);
  }

  function place(): void {
    const matrices = core.matrices();
    for (const index of known.keys()) {
      const own = stage.props.drawnAt(index);
      stage.screens.move(index, own ?? matrices, own === undefined ? index * 16 : 0);
    }
  }

  function look(): void {
    if (known.size === 0 && app.screens.screens$.value.length === 0) return;
    const [x = 0, y = 0, z = 0] = stage.rig.toRoom(stage.rig.head, head);
    const faced = facedIndex();
    const matrices = core.matrices();
    const near: RoomScreen[] = [];
    const wishes: { [entity: string]: ScreenWish } = {};
    for (const [index, screen] of known) {
      const at = index * 16;
      const [sx = 0, sy = 0, sz = 0] = matrices.subarray(at + 12, at + 15);
      const distance_m = Math.hypot(sx - x, sy - y, sz - z);
      const { entity, sharers } = screen;
      near.push({ entity, sharers, sharer: sharerOf(screen) ?? null, distance_m, faced: index === faced });
      if (screen.shared_by === null) continue;
      const [wide_m, high_m] = screen.size;
      wishes[entity] = wishFor(heightPx(entity, [sx, sy, sz], wide_m, high_m, distance_m), app.screens.wishes$.value[entity]);
      // Whoever changed their name shares under the new one.
      stage.screens.put(index, { ...screen, sharer: sharerOf(screen)?.nickname ?? null });
    }
    app.screens.screens$.next(near);
    if (JSON.stringify(wishes) !== JSON.stringify(app.screens.wishes$.value)) app.screens.wishes$.next(wishes);
  }

  /** How high a screen is in the picture, pixels; 0 for one that has been out of it for a while. */
  function heightPx(entity: string, [x, y, z]: Vector, wide_m: number, high_m: number, distance_m: number): number {
    stage.view.aim(x, y, z);
    if (stage.presented || stage.view.sees(Math.hypot(wide_m, high_m) / 2)) seen_ms.set(entity, clock.now_ms);
    if (clock.now_ms - (seen_ms.get(entity) ?? -Infinity) > GLANCE_MS) return 0;
    return Math.max(1, stage.pixelsPerRadian * Math.atan(high_m / Math.max(0.1, distance_m)));
  }

  function facedIndex(): number {
    const { clientWidth, clientHeight } = stage.canvas;
    const { origin, direction } = stage.sight(clientWidth / 2, clientHeight / 2);
    return stage.solids.cast(...origin, direction, SCREEN_REACH_M)?.owner ?? -1;
  }

  function sharerOf({ shared_by }: Known): Sharer | undefined {
    if (shared_by === null) return undefined;
    const components = replica.components(shared_by) ?? {};
    const nickname = shown(text(components["nickname"]) ?? "").trim() || NICKNAME_DEFAULT;
    return { user_id: shared_by, nickname, role: roleOf(components["role"]) };
  }

  return () => {
    streamed.unsubscribe();
    stage.screens.dispose();
  };
}

/** The panel of a screen as it stands in the room, and how it is stretched. */
function panelOf(components: JsonObject): { readonly size: Vector; readonly scale: Vector } {
  const { shape } = lookOf(components);
  const [x, y, z] = shape === undefined ? USUAL_SIZE : shape.size;
  const factors = numbers(components["scale"], 3) ?? [1, 1, 1];
  const [sx = 1, sy = 1, sz = 1] = factors.map((factor) => Math.max(SCALE_MIN, Math.abs(factor)));
  // A plane has no depth.
  const depth = shape?.form === "plane" ? 0 : z;
  return { size: [x * sx, y * sy, depth * sz], scale: [sx, sy, sz] };
}
