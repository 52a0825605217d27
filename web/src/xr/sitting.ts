/** Sitting with a headset: the ray at a free seat and a press sit down, a push of the walking stick stands up. */
import { seatAlong } from "../systems/seats";
import type { HeadsetContext } from "./frame";
import { DONE, TICK } from "./haptics";

/** A stick pushed this far means a step. */
const STEP_FROM = 0.5;

export function sitting({ app, stage, replica, clock, pointer, push, haptics, onFrame }: HeadsetContext): () => void {
  const { seating } = app;
  const { rig } = stage;
  let met = -1;
  let standing_up = false;

  onFrame(() => {
    if (!app.visit.inside) return;
    if (seating.seat$.value !== null) return stay();
    standing_up = false;
    const before = met;
    met = -1;
    if (pointer.aims && !pointer.taken && push.way !== "ahead") offer();
    if (met >= 0 && met !== before) haptics.feel(pointer.hand, TICK, clock.now_ms);
  });

  function offer(): void {
    const hit = seatAlong(stage, replica, pointer.origin, pointer.direction);
    if (hit === undefined) return;
    met = hit.owner;
    pointer.take(hit.distance_m);
    const entity = pointer.pressed ? replica.id(met) : undefined;
    if (entity === undefined) return;
    haptics.feel(pointer.hand, DONE, clock.now_ms);
    void seating.sit(entity);
  }

  function stay(): void {
    met = -1;
    const { dominant } = app.preferences.settings$.value.headset;
    const { stick } = dominant === "right" ? rig.left : rig.right;
    if (standing_up || Math.hypot(stick[0] ?? 0, stick[1] ?? 0) < STEP_FROM) return;
    standing_up = true;
    void seating.stand().then(({ ok }) => {
      if (!ok) standing_up = false;
    });
  }

  return () => undefined;
}
