/**
 * Choosing a thing to change: while someone builds, the pointing hand's ray is the pointer with which building selects.
 */
import type { HeadsetContext } from "./frame";

/** Things farther away than this are not pointed at, metres: as with a mouse. */
const REACH_M = 200;

export function choosing({ app, stage, input, pointer, onFrame }: HeadsetContext): () => void {
  onFrame(() => {
    const building = app.visit.inside && app.building.build$.value;
    const free = building && pointer.aims && !pointer.taken;
    input.aim = free ? pointer : undefined;
    input.chooses = free && pointer.pressed;
    if (!free) return;
    const hit = stage.solids.cast(...pointer.origin, pointer.direction, REACH_M);
    if (hit !== undefined) pointer.take(hit.distance_m);
  });
  return () => {
    input.aim = undefined;
    input.chooses = false;
  };
}
