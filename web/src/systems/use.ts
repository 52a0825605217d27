/**
 * What may be done with the thing that is pointed at, and doing it: a click sits down on a free seat, takes what can be held
 * and puts it down again; G does the same with things, the wheel brings them nearer or farther away. What is let go of in
 * a swing flies on; F and a finger's flick throw it. Space triggers what is held, or pointed at, and does what is
 * usual with things of games; with Shift the wheel makes
 * what is held larger and smaller. A click on a free screen asks what to share onto it. Hands of a headset do it their own way (`xr/holding`).
 */
import { HOLD_DISTANCE_MAX_M } from "../core/generated";
import type { Motion } from "../core/holding";
import type { Flick } from "../core/touch";
import type { Vector } from "../scene/matrix";
import { PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";
import { Grip, type Span } from "./grip";
import { Scaling, isScalable } from "./scaling";
import { AT_REST, weightOf } from "./throwing";
import { Trigger, type Triggerable } from "./trigger";
import { type Usable, type Use, freeScreenAlong, isInReach, isPlay, play, triggerOf, usableAlong } from "./usable";
import { Windup, alongFlick, alongView, isUnderFinger } from "./windup";

/** How often the thing under a resting pointer is looked for, milliseconds. */
const POINT_EVERY_MS = 120;
/** Before the eyes: not in the face, not out of reach. */
const BEFORE_THE_EYES: Span = { least_m: 0.5, most_m: HOLD_DISTANCE_MAX_M };
/** A notch of a wheel (100 units) changes the distance by a tenth. */
const REACH_PER_UNIT = 0.001;
/** With Shift it changes the size by a tenth. */
const GROWTH_PER_UNIT = Math.log(1.1) / 100;
const SHIFTS = ["ShiftLeft", "ShiftRight"] as const;

const howToHold = (key: string): string => `You hold it. A click or ${key} puts it down, the wheel brings it nearer.`;
const howToThrow = (key: string): string => `To throw it hold ${key} and let go, or flick it with a finger.`;
const HOW_TO_SCALE = "Shift and the wheel make it larger or smaller.";
const HOW_TO_TRIGGER = "Space uses it.";

const WORDS: { readonly [use in Use]: string } = {
  sit: "Sit down",
  collect: "Pick it up",
  open: "Open it",
  close: "Close it",
  take: "Take it",
  ask: "Ask for it",
  trigger: "Use it (Space)",
};

const SHARE_WORDS = "Share something here";

type Point = { readonly x: number; readonly y: number };

export function use({ app, core, session, replica, stage, clock, input, sockets, onFrame }: Context): () => void {
  const grip = new Grip(core, replica, app.holding, "right", stage, app.movement, sockets);
  const trigger = new Trigger(app.holding);
  const scaling = new Scaling(core, replica, app.holding, stage.props);
  const windup = new Windup();
  const head = new Float32Array(PLACE_FLOATS);
  const told = new Set<string>();
  let next_point_ms = 0;
  let hinted = "";
  let framed = -1;
  /** What Space was pressed on. */
  let spaced: Triggerable | undefined;
  /** Space has opened something, or picked it up, and is still down. */
  let played = false;

  onFrame(() => {
    if (!app.visit.inside) return;
    const own = replica.components(session.self_id);
    app.holding.learn(own);
    if (input.pressed.has("KeyH")) app.holding.handOver(clock.now_ms);
    scaling.goOn(clock.now_ms);
    // Hands that are tracked take things themselves.
    if (!app.visit.acts || stage.rig.tracked || app.building.build$.value) return rest();
    grip.goOn(clock.now_ms);
    // The dead hold nothing and reach for nothing.
    if (app.vitals.dead) return rest();
    const { thing } = grip;
    pressSpace(thing);
    if (thing === undefined) point();
    else hold(thing);
  });

  function rest(): void {
    spaced = undefined;
    played = false;
    frame(-1);
    windup.cancel();
    trigger.press(0, undefined, clock.now_ms);
    hint("");
  }

  // ---- what is held -----------------------------------------------------------------------------------------------

  function hold(thing: string): void {
    const components = replica.components(thing);
    const flies = weightOf(components) !== undefined;
    const scalable = isScalable(components);
    tell(thing, flies, scalable);
    if (input.wheel !== 0) turnWheel(thing, scalable && SHIFTS.some((key) => input.held.has(key)));
    const velocity = flies ? thrown(thing) : undefined;
    hint(windup.words === "" && grip.socket >= 0 ? "Put it in" : windup.words);
    // The socket into which what is held would go.
    frame(grip.socket);
    if (velocity !== undefined) letGo({ ...AT_REST, velocity });
    else if (input.click !== undefined || input.pressed.has("KeyG")) letGo();
  }

  /** Away from the visitor, the wheel pushes what they hold away, or makes it larger. */
  function turnWheel(thing: string, scales: boolean): void {
    if (!scales) {
      const factor = Math.exp(-input.wheel * REACH_PER_UNIT);
      return grip.reach(factor, stage.rig.toRoom(stage.rig.head, head), BEFORE_THE_EYES, clock.now_ms);
    }
    scaling.begin(thing, clock.now_ms);
    scaling.by(Math.exp(-input.wheel * GROWTH_PER_UNIT), clock.now_ms);
  }

  /** How fast a thing is thrown in this frame, by F or by a flick; undefined while it is not. */
  function thrown(thing: string): Vector | undefined {
    const { yaw, pitch } = app.viewer;
    const { flick } = input;
    const speed_m_s = windup.read(input, clock.now_ms);
    if (speed_m_s !== undefined) return alongView(yaw, pitch, speed_m_s);
    if (flick === undefined || !isOn(flick, thing)) return undefined;
    return alongFlick(yaw, pitch, flick.right_px_s, flick.down_px_s);
  }

  function isOn({ x, y }: Flick, thing: string): boolean {
    const index = replica.index(thing);
    const [half_x, half_y, half_z] = stage.props.half(index) ?? [0, 0, 0];
    const matrix = core.matrices().subarray(index * 16, index * 16 + 16);
    const [ax = 1, ay = 0, az = 0] = matrix;
    const radius_m = Math.max(half_x, half_y, half_z) * Math.hypot(ax, ay, az);
    const { origin, direction } = stage.sight(x, y);
    return isUnderFinger(origin, direction, [matrix[12] ?? 0, matrix[13] ?? 0, matrix[14] ?? 0], radius_m);
  }

  /** Frames a thing; none at -1. */
  function frame(index: number): void {
    const half = index < 0 ? undefined : stage.props.half(index);
    if (half !== undefined) stage.pointed.show(core.matrices(), index * 16, half, 1);
    else if (framed >= 0) stage.pointed.hide();
    framed = half === undefined ? -1 : index;
  }

  function letGo(motion?: Motion): void {
    windup.cancel();
    frame(-1);
    hint("");
    // Once it is gone, it might be too far away to be told.
    trigger.end(clock.now_ms);
    scaling.end(clock.now_ms);
    grip.letGo(clock.now_ms, motion);
  }

  // ---- what is triggered ------------------------------------------------------------------------------------------

  /** Space that is pressed on something belongs to it, and does not move the visitor, until it is let go of. */
  function pressSpace(thing: string | undefined): void {
    const pressed = input.pressed.has("Space");
    if (pressed) spaced = thing === undefined ? pointedAt() : triggerable(thing);
    if (pressed && thing === undefined && spaced === undefined) played = playPointed();
    const held = input.held.has("Space") || pressed;
    const down = spaced !== undefined && held;
    trigger.press(Number(down), spaced ?? trigger.on, clock.now_ms);
    if (!down) spaced = undefined;
    played &&= held;
    if (down || played) input.take("Space");
  }

  function pointedAt(): Triggerable | undefined {
    const found = input.pointer === undefined ? undefined : usableAt(input.pointer);
    const entity = found === undefined ? undefined : replica.id(found.hit.owner);
    return entity === undefined ? undefined : triggerable(entity);
  }

  /** Opens, closes or picks up what is pointed at, where it is a thing of a game. */
  function playPointed(): boolean {
    const found = input.pointer === undefined ? undefined : usableAt(input.pointer);
    const entity = found === undefined ? undefined : replica.id(found.hit.owner);
    return found !== undefined && entity !== undefined && play(app.games, found.use, entity);
  }

  function triggerable(entity: string): Triggerable | undefined {
    const kind = triggerOf(replica, replica.index(entity));
    return kind === undefined ? undefined : { entity, kind };
  }

  // ---- what is pointed at -----------------------------------------------------------------------------------------

  function point(): void {
    windup.cancel();
    const { pointer, click } = input;
    const key = input.pressed.has("KeyG");
    const at = click ?? pointer;
    if (click !== undefined || key) return at === undefined ? undefined : act(at, key);
    if (clock.now_ms < next_point_ms) return;
    next_point_ms = clock.now_ms + POINT_EVERY_MS;
    const found = pointer === undefined ? undefined : usableAt(pointer);
    const screen = found === undefined && pointer !== undefined ? screenAt(pointer) : undefined;
    frame(found !== undefined && isPlay(found.use) ? found.hit.owner : -1);
    hint(found === undefined ? (screen === undefined ? "" : SHARE_WORDS) : wordsFor(found));
  }

  function act(at: Point, key: boolean): void {
    const found = usableAt(at);
    if (found === undefined) return key ? undefined : offer(at);
    const entity = replica.id(found.hit.owner);
    if (entity === undefined) return;
    // G takes, and a door is nothing to take.
    if ((!key || found.use === "collect") && play(app.games, found.use, entity)) return;
    switch (found.use) {
      case "sit":
        if (!key) void app.seating.sit(entity);
        return;
      case "trigger":
        if (!key && trigger.on === undefined) trigger.press(1, triggerable(entity), clock.now_ms);
        return;
      case "take":
      case "ask":
        grip.take(entity, "head", stage.rig.toRoom(stage.rig.head, head), BEFORE_THE_EYES, clock.now_ms);
    }
  }

  /** A click on a screen that is free asks what to share onto it. */
  function offer(at: Point): void {
    const entity = screenAt(at);
    if (entity !== undefined) app.screens.choice$.next({ entity });
  }

  /** The free screen at a place of the picture, for who shares nothing yet. */
  function screenAt({ x, y }: Point): string | undefined {
    if (app.screens.sharing$.value.kind !== "off") return undefined;
    const { origin, direction } = stage.sight(x, y);
    const index = freeScreenAlong(stage, replica, origin, direction);
    return index === undefined ? undefined : replica.id(index);
  }

  /** What may be used at a place of the picture; who sits takes no other seat. */
  function usableAt({ x, y }: Point): Usable | undefined {
    const { origin, direction } = stage.sight(x, y);
    const found = usableAlong(stage, replica, origin, direction);
    if (found === undefined) return undefined;
    const sits = found.use === "sit" && app.seating.seat$.value !== null;
    if (!sits && isInReach(found, app.viewer, origin, direction)) return found;
    return found.triggers === undefined ? undefined : { ...found, use: "trigger" };
  }

  // ---- words ------------------------------------------------------------------------------------------------------

  function hint(words: string): void {
    if (words !== hinted) app.building.hint$.next(words);
    hinted = words;
  }

  /** Says once what may be done with what is held. */
  function tell(thing: string, flies: boolean, scalable: boolean): void {
    const triggers = triggerOf(replica, replica.index(thing)) !== undefined;
    const kind = `${flies} ${scalable} ${triggers}`;
    if (told.has(kind)) return;
    told.add(kind);
    const { keyboard } = app;
    const words = [
      howToHold(keyboard.label("KeyG")),
      flies && howToThrow(keyboard.label("KeyF")),
      scalable && HOW_TO_SCALE,
      triggers && HOW_TO_TRIGGER,
    ];
    app.hud.hud$.next({ text: words.filter((sentence) => sentence !== false).join(" "), tone: "plain" });
  }

  return () => undefined;
}

function wordsFor({ use, triggers }: Usable): string {
  return use === "trigger" || triggers === undefined ? WORDS[use] : `${WORDS[use]}, or use it (Space)`;
}
