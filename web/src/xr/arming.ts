/**
 * A weapon in a headset's hand: the trigger of the hand that points shoots where that aims, unless it is meant for a panel, for what it
 * points at nearby, or for what the hand holds; a press of its thumbstick takes the next weapon. A bare hand has no trigger: its pinch
 * takes and teleports.
 */
import { member, text } from "../core/json";
import { usableAlong } from "../systems/usable";
import type { HeadsetContext } from "./frame";

/** Something usable that is nearer than this is used, not shot at, metres. */
const USES_M = 3;
/** The ray shows where it aims as far as this, metres. */
const SIGHT_M = 60;

export function arming({ app, session, replica, stage, input, pointer, onFrame }: HeadsetContext): () => void {
  let was_pressed = false;
  /** The press that goes on began with a shot. */
  let shoots = false;
  onFrame(() => {
    const { hand } = pointer;
    if (!pointer.held) shoots = false;
    if (!app.arena.armed$.value || hand === undefined || hand.jointed || !pointer.aims || holds()) return void (was_pressed = false);
    input.gun_hand = hand;
    input.cycle = hand.stick_pressed && !was_pressed ? 1 : 0;
    was_pressed = hand.stick_pressed;
    if (pointer.taken) return;
    if (!shoots && usableAlong(stage, replica, pointer.origin, pointer.direction, USES_M) !== undefined) return;
    shoots ||= pointer.pressed;
    input.trigger = shoots && pointer.held;
    pointer.take(stage.solids.cast(...pointer.origin, pointer.direction, SIGHT_M)?.distance_m ?? Number.POSITIVE_INFINITY);
  });

  /** Whether the hand that points has something else in it. */
  function holds(): boolean {
    const { dominant } = app.preferences.settings$.value.headset;
    return text(member(replica.components(session.self_id)?.["holding"], dominant)) !== undefined;
  }

  return () => {
    input.gun_hand = undefined;
    input.trigger = false;
  };
}
