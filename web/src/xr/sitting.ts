/** Sitting with a headset: a free seat that the ray meets says so, a press sits down, a push of the walking stick stands up. */
import { usableAlong } from "../systems/usable";
import type { HeadsetContext } from "./frame";
import { DONE, TICK } from "./haptics";
import { newPlate } from "./plate";

/** A stick pushed this far means a step. */
const STEP_FROM = 0.5;
/** At a metre's distance the words' lines are this high and stand this far above where the ray ends, metres. */
const WORDS_M = { line: 0.035, above: 0.1 };

export function sitting({ app, core, stage, replica, clock, pointer, push, haptics, onFrame }: HeadsetContext): () => void {
  const { seating, building } = app;
  const words = newPlate(stage, ["Sit down"], WORDS_M.line);
  const { rig } = stage;
  let met = -1;
  let standing_up = false;

  onFrame(() => {
    const before = met;
    met = -1;
    if (!app.visit.acts || app.vitals.dead) return hide();
    if (seating.seat$.value === null) stand();
    else stay();
    if (met < 0 && before >= 0) hide();
    if (met >= 0 && met !== before) haptics.feel(pointer.hand, TICK, clock.now_ms);
  });

  function stand(): void {
    standing_up = false;
    if (pointer.aims && !pointer.taken && push.way !== "ahead" && !building.build$.value) offer();
  }

  function offer(): void {
    const found = usableAlong(stage, replica, pointer.origin, pointer.direction);
    if (found?.use !== "sit") return;
    const { hit } = found;
    met = hit.owner;
    pointer.take(hit.distance_m);
    show(hit.distance_m);
    const entity = pointer.pressed ? replica.id(met) : undefined;
    if (entity === undefined) return;
    haptics.feel(pointer.hand, DONE, clock.now_ms);
    void seating.sit(entity);
  }

  function show(distance_m: number): void {
    const [ox, oy, oz] = pointer.origin;
    const [dx, dy, dz] = pointer.direction;
    const [x, y, z] = [ox + dx * distance_m, oy + dy * distance_m, oz + dz * distance_m];
    const [eye_x, , eye_z] = stage.eye;
    const size = Math.max(1, distance_m);
    words.scaling.setAll(size);
    words.position.set(x, y + WORDS_M.above * size, z);
    words.rotation.y = Math.atan2(x - eye_x, z - eye_z);
    words.setEnabled(true);
    const half = stage.props.half(met);
    if (half !== undefined) stage.pointed.show(core.matrices(), met * 16, half, distance_m);
  }

  function hide(): void {
    words.setEnabled(false);
    stage.pointed.hide();
  }

  function stay(): void {
    const { dominant } = app.preferences.settings$.value.headset;
    const { stick } = dominant === "right" ? rig.left : rig.right;
    if (standing_up || Math.hypot(stick[0] ?? 0, stick[1] ?? 0) < STEP_FROM) return;
    standing_up = true;
    void seating.stand().then(({ ok }) => {
      if (!ok) standing_up = false;
    });
  }

  return () => {
    hide();
    words.dispose(false, true);
  };
}
