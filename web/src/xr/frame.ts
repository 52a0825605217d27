/**
 * What a headset adds to a frame, as one list: who comes earlier has the pointing hand's ray and press first.
 */
import type { Context, System } from "../systems/context";
import { choosing } from "./choosing";
import { panels } from "./panels";
import { Pointer } from "./pointer";
import { ray } from "./ray";

/** What every system of a headset is given. */
export interface HeadsetContext extends Context {
  readonly pointer: Pointer;
}

export type HeadsetSystem = (context: HeadsetContext) => () => void;

/** The systems of one visit with a headset. */
export function headsetFrame(): readonly System[] {
  const pointer = new Pointer();
  const order: readonly HeadsetSystem[] = [
    pointing, // where the hand points, and whether it presses
    panels, //   menu, keyboard, wrist, lines, log wall
    choosing, // a thing to change, while one builds
    ray, //      to whatever used it
  ];
  return order.map((system) => (context) => system({ ...context, pointer }));
}

function pointing({ stage, pointer, onFrame }: HeadsetContext): () => void {
  onFrame(() => pointer.read(stage.rig, stage.rig.right));
  return () => undefined;
}
