/**
 * Seats: a click on one that is free sits down, any step stands up; who sits is held where the seat is.
 */
import { SEAT_REACH_MAX_M } from "../core/generated";
import { text } from "../core/json";
import type { Replica } from "../core/replica";
import { HEAD_HEIGHT_M } from "../core/viewer";
import type { Vector } from "../scene/matrix";
import type { Hit } from "../scene/solids";
import type { Stage } from "../scene/stage";
import type { Context } from "./context";
import { wishOf } from "./movement";

/** The eyes of someone who sits, above the seat, metres. */
const SEATED_EYES_M = 0.78;
/** How often the thing under a resting pointer is looked for, milliseconds. */
const POINT_EVERY_MS = 120;

export function seats({ app, core, session, replica, stage, clock, input, onFrame }: Context): () => void {
  const { seat$ } = app.seating;
  let next_point_ms = 0;
  let free = -1;
  let standing_up = false;

  onFrame(() => {
    if (!app.visit.inside) return;
    learn();
    const standing = seat$.value === null;
    if (seat$.value !== null) hold(seat$.value);
    if (standing && !app.building.build$.value) offer();
    else pointAt(-1);
  });

  /** On what one sits is the room's to say. */
  function learn(): void {
    const seat = text(replica.components(session.self_id)?.["sitting_on"]) ?? null;
    if (seat === seat$.value) return;
    seat$.next(seat);
    standing_up = false;
    if (seat !== null) app.hud.hud$.next({ text: "You sit. Take a step to stand up.", tone: "plain" });
  }

  function hold(seat: string): void {
    const index = replica.index(seat);
    if (index < 0) return;
    const matrix = core.matrices().subarray(index * 16, index * 16 + 16);
    const { viewer } = app;
    [viewer.x, viewer.z] = [matrix[12] ?? viewer.x, matrix[14] ?? viewer.z];
    viewer.y = (matrix[13] ?? 0) + SEATED_EYES_M - HEAD_HEIGHT_M;
    const wish = wishOf(input.held, app.touch);
    const steps = wish.forward !== 0 || wish.right !== 0 || wish.up > 0;
    if (!steps || standing_up) return;
    standing_up = true;
    void app.seating.stand().then(({ ok }) => {
      if (!ok) standing_up = false;
    });
  }

  /** Shows the free seat that is pointed at, and sits down on a click. */
  function offer(): void {
    const { pointer, click } = input;
    if (click !== undefined) {
      const seat = seatAt(click);
      const entity = seat < 0 ? undefined : replica.id(seat);
      if (entity !== undefined) void app.seating.sit(entity);
      return;
    }
    if (clock.now_ms < next_point_ms) return;
    next_point_ms = clock.now_ms + POINT_EVERY_MS;
    pointAt(pointer === undefined ? -1 : seatAt(pointer));
  }

  function pointAt(seat: number): void {
    if (seat === free) return;
    free = seat;
    app.building.hint$.next(seat < 0 ? "" : "Sit down");
  }

  /** The free seat at a place of the picture, or -1. */
  function seatAt({ x, y }: { readonly x: number; readonly y: number }): number {
    const { origin, direction } = stage.sight(x, y);
    return seatAlong(stage, replica, origin, direction)?.owner ?? -1;
  }

  return () => undefined;
}

/** The free seat that a ray meets within reach. */
export function seatAlong({ solids }: Stage, replica: Replica, origin: Vector, direction: Vector): Hit | undefined {
  const hit = solids.cast(...origin, direction, SEAT_REACH_MAX_M);
  const components = hit === undefined ? undefined : replica.record(hit.owner)?.components;
  return components?.["seat"] !== undefined && components["occupied"] !== true ? hit : undefined;
}
