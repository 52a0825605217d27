/**
 * What a headset adds to a frame, as one list: who comes earlier has the pointing hand's ray and press first.
 */
import type { Context, System } from "../systems/context";
import { tintOf } from "../ui/logic/vitals";
import { arming } from "./arming";
import { Blinds } from "./blinds";
import { choosing } from "./choosing";
import { Comfort } from "./comfort";
import { guide } from "./guide";
import { Haptics } from "./haptics";
import { holding } from "./holding";
import { moving } from "./moving";
import { panels } from "./panels";
import { Pointer } from "./pointer";
import { Push } from "./push";
import { ray } from "./ray";
import { sitting } from "./sitting";
import { talking } from "./talking";
import { teleport } from "./teleport";

/** What every system of a headset is given. */
export interface HeadsetContext extends Context {
  /** Where the dominant hand points, and whether it presses. */
  readonly pointer: Pointer;
  /** What its thumbstick is pushed for. */
  readonly push: Push;
  readonly haptics: Haptics;
  readonly comfort: Comfort;
  /** Whether the menu is open, or a banner is before the eyes: then nothing else hangs there. */
  readonly reading: { menu: boolean; banner: boolean };
}

export type HeadsetSystem = (context: HeadsetContext) => () => void;

/** The order of a headset's part of a frame. */
const ORDER: readonly HeadsetSystem[] = [
  pointing, // where the hand points, and whether it presses
  talking, //  the button of the microphone
  panels, //   menu, keyboard, wrist, lines, log wall
  choosing, // a thing to change, while one builds
  holding, //  a thing that a hand is at, or points at, is taken
  arming, //   a weapon in the hand that points
  sitting, //  a free seat that is pointed at
  teleport, // an arc to where one may stand
  moving, //   becomes the one who moves the visitor, in the room's locomotion
  guide, //    what newcomers have not done yet
  comfort, //  what is dimmed
  ray, //      to whatever used it
];

/** The systems of one visit with a headset. */
export function headsetFrame(): readonly System[] {
  const own = { pointer: new Pointer(), push: new Push(), haptics: new Haptics(), comfort: new Comfort(), reading: { menu: false, banner: false } };
  return ORDER.map((system) => (context) => system({ ...context, ...own }));
}

function pointing({ app, stage, pointer, push, onFrame }: HeadsetContext): () => void {
  const { rig } = stage;
  onFrame(() => {
    const hand = rig[app.preferences.settings$.value.headset.dominant];
    pointer.read(rig, hand);
    push.read(hand.tracked ? hand.stick : undefined);
  });
  return () => undefined;
}

function comfort({ app, stage, clock, comfort, onFrame }: HeadsetContext): () => void {
  const blinds = new Blinds(stage);
  const hurt = app.vitals.hurt$.subscribe((hurt) => {
    comfort.redden(tintOf(hurt, app.preferences.settings$.value.reduce_motion));
  });
  onFrame(() => {
    comfort.dead = app.vitals.dead;
    comfort.advance(app.preferences.settings$.value.headset.vignette, clock.dt_s);
    blinds.follow(stage.rig.head);
    blinds.show(comfort.clear_rad, comfort.darkness, comfort.stuck, comfort.redness);
  });
  return () => {
    hurt.unsubscribe();
    blinds.dispose();
  };
}
