/**
 * Holding with a headset's hands, and what they do with things of games: doors are opened by a squeeze, a pinch or the trigger,
 * what lies about is picked up by that too, or while a game is on by being touched. Of things one holds: what a hand is at, or the pointing one points at within its reach, is taken by a squeeze or
 * a pinch, follows the hand, and lies where it is let go, or flies on as it was swung. The trigger of the hand that holds
 * it sets it off; the other hand, closed at it too, makes it larger and smaller (`two_hands`). The button above (B, Y on the
 * left) hands over what is asked for.
 */
import { DOOR_REACH_M, HAND_REACH_MAX_M } from "../core/generated";
import type { HandName } from "../core/holding";
import { type Hand, PLACE_FLOATS } from "../scene/rig";
import { Grip, type Span } from "../systems/grip";
import { Holdables } from "../systems/holdables";
import { Trigger, type Triggerable } from "../systems/trigger";
import { isInReach, isPlay, play, triggerOf, usableAlong, useOf } from "../systems/usable";
import type { HeadsetContext } from "./frame";
import { DONE, TICK } from "./haptics";
import { TwoHands } from "./two_hands";

/** A hand takes what is this near, metres. */
const TOUCH_M = 0.12;
/** A squeeze this far, of its way, takes; let go this far it gives. */
const SQUEEZED_FROM = 0.6;
const SQUEEZED_UNTIL = 0.4;
const IN_REACH: Span = { least_m: 0, most_m: HAND_REACH_MAX_M };
/** A floor that turns or goes farther than this from one frame to the next was put elsewhere, radians and metres. */
const PUT_RAD = 0.15;
const PUT_M = 0.5;

/** One hand and what it is about to take. */
interface Holder {
  readonly name: HandName;
  readonly hand: Hand;
  readonly grip: Grip;
  readonly trigger: Trigger;
  readonly place: Float32Array;
  closed: boolean;
  met: number;
  /** Whether it is at what it met, rather than pointing at it. */
  at: boolean;
}

export function holding(context: HeadsetContext): () => void {
  const { app, core, replica, stage, clock, pointer, haptics, onFrame } = context;
  const holdables = new Holdables();
  const holders = [newHolder(context, "left"), newHolder(context, "right")] as const;
  const twoHands = new TwoHands(context);
  const floor = { x: stage.rig.x, z: stage.rig.z, yaw: stage.rig.yaw };
  let asked_before = false;

  // Those that were there before the headset was put on.
  holdables.follow(allThings(context));

  onFrame(() => {
    holdables.follow(clock.changes);
    if (wasPut()) for (const { grip } of holders) grip.carried();
    twoHands.step();
    if (!app.visit.acts) return twoHands.part();
    for (const holder of holders) step(holder);
    handOver();
  });

  function step(holder: Holder): void {
    const { hand, grip, place } = holder;
    const was_closed = holder.closed;
    holder.closed = isClosed(hand, was_closed);
    pull(holder);
    // A hand that is lost keeps what it has: it comes back, or the room decides.
    if (!hand.tracked) return lose(holder);
    stage.rig.toRoom(hand.place, place);
    grip.goOn(clock.now_ms);
    if (grip.thing !== undefined) {
      // The socket into which it would go.
      if (grip.socket >= 0 && grip.socket !== holder.met) haptics.feel(hand, TICK, clock.now_ms);
      mark(holder, grip.socket);
      if (was_closed && !holder.closed) letGo(holder);
      return;
    }
    if (was_closed && !holder.closed && twoHands.second === hand) twoHands.part();
    reach(holder, holder.closed && !was_closed);
  }

  /** What an empty hand would take, takes when it closes, or makes larger and smaller. */
  function reach(holder: Holder, closes: boolean): void {
    const { hand, grip, name, place } = holder;
    // A pinch that presses something takes nothing.
    const presses = hand.pinched && pointer.hand === hand && pointer.taken;
    const busy = presses || app.building.build$.value || app.vitals.dead;
    const joins = closes && !busy && twoHands.join(otherOf(holder), hand, place, TOUCH_M);
    const met = busy || twoHands.second === hand ? -1 : meets(holder);
    if (met >= 0 && met !== holder.met) haptics.feel(hand, TICK, clock.now_ms);
    mark(holder, met);
    const use = met >= 0 ? useOf(replica.interactions(met)) : undefined;
    if (use === "collect" && holder.at && pickUp(met)) return haptics.feel(hand, DONE, clock.now_ms);
    const pulls = use !== undefined && isPlay(use) && pointer.hand === hand && pointer.pressed && !pointer.taken;
    const entity = met >= 0 && (closes || pulls) ? replica.id(met) : undefined;
    // Nor does one that takes press.
    if ((joins || entity !== undefined) && pointer.hand === hand) pointer.take(Number.POSITIVE_INFINITY);
    if (entity === undefined) return;
    if (use === undefined || !play(app.games, use, entity)) grip.take(entity, name, place, IN_REACH, clock.now_ms);
    haptics.feel(hand, DONE, clock.now_ms);
    mark(holder, -1);
  }

  /** In a game what a hand touches is theirs; asked for now and then. */
  function pickUp(index: number): boolean {
    const entity = app.vitals.vitals$.value.game ? replica.id(index) : undefined;
    return entity !== undefined && app.games.pickups.touch(entity, clock.now_ms);
  }

  function lose(holder: Holder): void {
    holder.grip.fly(clock.now_ms);
    mark(holder, -1);
  }

  /** Lets go of what a hand has, into the other where that is at it, too. */
  function letGo(holder: Holder): void {
    const { grip, trigger, hand } = holder;
    const [other, entity] = [otherOf(holder), grip.thing];
    const stays = twoHands.second === other.hand && other.hand.tracked && isClosed(other.hand, other.closed);
    // Once it is gone, it might be too far away to be told.
    trigger.end(clock.now_ms);
    twoHands.part();
    if (entity === undefined || !stays) grip.letGo(clock.now_ms);
    else other.grip.take(entity, other.name, stage.rig.toRoom(other.hand.place, other.place), IN_REACH, clock.now_ms);
    haptics.feel(hand, TICK, clock.now_ms);
  }

  /** Sets off what a hand holds, unless the trigger is meant for something that it points at; a bare hand has none. */
  function pull({ hand, grip, trigger }: Holder): void {
    const points = pointer.hand === hand;
    const target = points && pointer.taken && trigger.on === undefined ? undefined : triggerable(grip.thing);
    const value = hand.jointed ? 0 : Math.max(0, hand.pressed[0] ?? 0);
    if (trigger.press(value, target, clock.now_ms)) haptics.feel(hand, TICK, clock.now_ms);
    const means_it = target !== undefined && !hand.jointed && (trigger.on !== undefined || pointer.held);
    if (points && means_it && !pointer.taken) pointer.take(Number.POSITIVE_INFINITY);
  }

  function triggerable(entity: string | undefined): Triggerable | undefined {
    const kind = entity === undefined ? undefined : triggerOf(replica, replica.index(entity));
    return entity === undefined || kind === undefined ? undefined : { entity, kind };
  }

  /** Whether the floor was put elsewhere at once: what the hands hold came along without being swung. */
  function wasPut(): boolean {
    const { x, z, yaw } = stage.rig;
    const put = Math.abs(yaw - floor.yaw) > PUT_RAD || Math.hypot(x - floor.x, z - floor.z) > PUT_M;
    Object.assign(floor, { x, z, yaw });
    return put;
  }

  /** What a hand would take now: what it is at, else what the pointing hand points at within its reach. */
  function meets(holder: Holder): number {
    const { hand, place } = holder;
    const [x = 0, y = 0, z = 0] = place;
    const half = (index: number) => stage.props.half(index);
    const near = holdables.nearest([x, y, z], TOUCH_M, replica, core.matrices(), half);
    holder.at = near >= 0;
    if (near >= 0 || pointer.hand !== hand || !pointer.aims || pointer.taken) return near;
    const found = usableAlong(stage, replica, pointer.origin, pointer.direction, DOOR_REACH_M);
    if (found === undefined || found.use === "sit") return -1;
    const in_reach = found.hit.distance_m <= HAND_REACH_MAX_M || (isPlay(found.use) && isInReach(found, app.viewer, pointer.origin, pointer.direction));
    return in_reach ? found.hit.owner : -1;
  }

  /** Shows what a hand would take. */
  function mark(holder: Holder, met: number): void {
    if (holder.met >= 0 && met < 0 && holders.every((other) => other === holder || other.met < 0)) stage.pointed.hide();
    holder.met = met;
    const half = met < 0 ? undefined : stage.props.half(met);
    if (half !== undefined) stage.pointed.show(core.matrices(), met * 16, half, 1);
  }

  function otherOf({ name }: Holder): Holder {
    return holders[name === "left" ? 1 : 0];
  }

  function handOver(): void {
    const pressed = holders.some(({ hand, name }) => hand.upper_pressed && name === dominant());
    if (pressed && !asked_before) app.holding.handOver(clock.now_ms);
    asked_before = pressed;
  }

  function dominant(): HandName {
    return app.preferences.settings$.value.headset.dominant;
  }

  return () => {
    twoHands.leave();
    for (const { grip, trigger } of holders) {
      trigger.end(clock.now_ms);
      grip.putDown(clock.now_ms);
    }
    stage.pointed.hide();
  };
}

function newHolder({ app, core, replica, stage, sockets }: HeadsetContext, name: HandName): Holder {
  const grip = new Grip(core, replica, app.holding, name, stage, app.movement, sockets);
  const trigger = new Trigger(app.holding);
  return { name, hand: stage.rig[name], grip, trigger, place: new Float32Array(PLACE_FLOATS), closed: false, met: -1, at: false };
}

/** Whether a hand is closed: a controller squeezed, a hand without one pinched. */
function isClosed({ tracked, pressed, pinched }: Hand, was_closed: boolean): boolean {
  if (!tracked) return was_closed;
  return pinched || (pressed[1] ?? 0) > (was_closed ? SQUEEZED_UNTIL : SQUEEZED_FROM);
}

function allThings({ core, replica }: HeadsetContext) {
  const indices = Array.from({ length: core.matrices().length / 16 }, (_, index) => index);
  return indices.map((index) => ({ index, mask: 0, record: replica.record(index), fresh: false }));
}
