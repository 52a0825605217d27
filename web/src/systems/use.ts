/**
 * What may be done with the thing that is pointed at, and doing it: a click sits down on a free seat, takes what can be held
 * and puts it down again; G does the same with things, the wheel brings them nearer or farther away. Hands of a headset do
 * it their own way (`xr/holding`).
 */
import { HOLD_DISTANCE_MAX_M } from "../core/generated";
import { PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";
import { Grip, type Span } from "./grip";
import { type Usable, type Use, usableAlong } from "./usable";

/** How often the thing under a resting pointer is looked for, milliseconds. */
const POINT_EVERY_MS = 120;
/** Before the eyes: not in the face, not out of reach. */
const BEFORE_THE_EYES: Span = { least_m: 0.5, most_m: HOLD_DISTANCE_MAX_M };
/** A notch of a wheel (100 units) changes the distance by a tenth. */
const REACH_PER_UNIT = 0.001;

const HOW_TO_HOLD = "You hold it. A click or G puts it down, the wheel brings it nearer.";

const WORDS: { readonly [use in Use]: string } = { sit: "Sit down", take: "Take it", ask: "Ask for it" };

export function use({ app, core, session, replica, stage, clock, input, onFrame }: Context): () => void {
  const grip = new Grip(core, replica, app.holding, "right");
  const head = new Float32Array(PLACE_FLOATS);
  let next_point_ms = 0;
  let told = false;
  let offered: Use | undefined;

  onFrame(() => {
    if (!app.visit.inside) return;
    app.holding.learn(replica.components(session.self_id));
    if (input.pressed.has("KeyH")) app.holding.handOver(clock.now_ms);
    // Hands that are tracked take things themselves.
    if (!app.visit.acts || stage.rig.tracked || app.building.build$.value) return offer(undefined);
    grip.goOn(clock.now_ms);
    if (grip.thing === undefined) point();
    else hold();
  });

  function hold(): void {
    offer(undefined);
    if (!told) app.hud.hud$.next({ text: HOW_TO_HOLD, tone: "plain" });
    told = true;
    if (input.wheel !== 0) {
      const factor = Math.exp(-input.wheel * REACH_PER_UNIT);
      grip.reach(factor, stage.rig.toRoom(stage.rig.head, head), BEFORE_THE_EYES, clock.now_ms);
    }
    if (input.click !== undefined || input.pressed.has("KeyG")) grip.letGo();
  }

  function point(): void {
    const { pointer, click } = input;
    const key = input.pressed.has("KeyG");
    const at = click ?? pointer;
    if (click !== undefined || key) return at === undefined ? undefined : act(at, key);
    if (clock.now_ms < next_point_ms) return;
    next_point_ms = clock.now_ms + POINT_EVERY_MS;
    offer(pointer === undefined ? undefined : usableAt(pointer)?.use);
  }

  function act(at: { readonly x: number; readonly y: number }, key: boolean): void {
    const found = usableAt(at);
    const entity = found === undefined ? undefined : replica.id(found.hit.owner);
    if (found === undefined || entity === undefined || (key && found.use === "sit")) return;
    if (found.use === "sit") return void app.seating.sit(entity);
    grip.take(entity, "head", stage.rig.toRoom(stage.rig.head, head), BEFORE_THE_EYES, clock.now_ms);
  }

  function offer(what: Use | undefined): void {
    if (what === offered) return;
    offered = what;
    app.building.hint$.next(what === undefined ? "" : WORDS[what]);
  }

  /** What may be used at a place of the picture; who sits takes no other seat. */
  function usableAt({ x, y }: { readonly x: number; readonly y: number }): Usable | undefined {
    const { origin, direction } = stage.sight(x, y);
    const found = usableAlong(stage, replica, session.self_id, origin, direction);
    return found?.use === "sit" && app.seating.seat$.value !== null ? undefined : found;
  }

  return () => undefined;
}
