/** Tells the core where the visitor's head and hands are; its filter decides what is worth sending. A desktop has no hands. */
import { type Hand, PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";

export function pose({ app, core, stage, clock, onFrame }: Context): () => void {
  const { rig } = stage;
  const places = [0, 1, 2].map(() => new Float32Array(PLACE_FLOATS));
  const [head, left, right] = places as [Float32Array, Float32Array, Float32Array];
  let known = false;
  onFrame(() => {
    const phase = app.visit.phase$.value;
    // An observer's is a camera: the room tells motion from there.
    if (!app.visit.acts && !(phase.kind === "inside" && phase.mode === "observe")) return;
    const { viewer } = app;
    // On a desktop the dead look at themselves from outside; the room has them where they fell.
    if (app.vitals.dead && !rig.tracked) return;
    tellHands();
    core.set_pose(
      rig.toRoom(rig.head, head),
      placeOf(rig.left, left),
      placeOf(rig.right, right),
      viewer.jumped,
      clock.now_ms,
    );
    viewer.jumped = false;
  });

  function placeOf(hand: Hand, out: Float32Array): Float32Array | undefined {
    return hand.tracked ? rig.toRoom(hand.place, out) : undefined;
  }

  /** Also once when there are none any more. */
  function tellHands(): void {
    const before = known;
    known = rig.left.tracked || rig.right.tracked;
    if (known || before) core.set_hands(heldAs(rig.left), heldAs(rig.right));
  }

  return () => undefined;
}

/** How a hand is held, as the core takes it: its joints, or what is pressed of a controller. */
function heldAs({ tracked, jointed, joints, pressed }: Hand): Float32Array | undefined {
  if (!tracked) return undefined;
  if (jointed) return joints;
  return (pressed[0] ?? -1) < 0 ? undefined : pressed;
}
