/**
 * Seats: who sits is held where the seat is, any step stands up. Sitting down is `use`.
 */
import { text } from "../core/json";
import { HEAD_HEIGHT_M } from "../core/viewer";
import { USUAL_SIZE } from "../scene/person/footing";
import { SEATED } from "../scene/person/measures";
import type { Context } from "./context";
import { isAstray } from "./astray";
import { wishOf } from "./movement";

/** The eyes of someone who sits, above the top of the seat, metres. */
const SEATED_EYES_M = SEATED.head * USUAL_SIZE;

export function seats({ app, core, session, replica, stage, input, onFrame }: Context): () => void {
  const { seat$ } = app.seating;
  let standing_up = false;

  onFrame(() => {
    if (!app.visit.inside) return;
    learn();
    if (seat$.value !== null) hold(seat$.value);
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
    // A seat that leaves the room leaves alone; who sat on it stands up where they were.
    if (isAstray({ x: matrix[12] ?? 0, y: matrix[13] ?? 0, z: matrix[14] ?? 0 })) return standUp();
    [viewer.x, viewer.z] = [matrix[12] ?? viewer.x, matrix[14] ?? viewer.z];
    const top_m = (stage.props.half(index)?.[1] ?? 0) * (matrix[5] ?? 1);
    viewer.y = (matrix[13] ?? 0) + top_m + SEATED_EYES_M - HEAD_HEIGHT_M;
    const wish = wishOf(input.held, input.sticks);
    const steps = wish.forward !== 0 || wish.right !== 0 || wish.up > 0;
    if (steps) standUp();
  }

  function standUp(): void {
    if (standing_up) return;
    standing_up = true;
    void app.seating.stand().then(({ ok }) => {
      if (!ok) standing_up = false;
    });
  }

  return () => undefined;
}
