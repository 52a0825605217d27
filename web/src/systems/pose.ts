/** Tells the core where the visitor's head is; its filter decides what is worth sending. A desktop has no hands. */
import { HEAD_HEIGHT_M, lookQuaternion } from "../core/viewer";
import type { Context } from "./context";

export function pose({ app, core, clock, onFrame }: Context): () => void {
  const head = new Float32Array(7);
  onFrame(() => {
    const phase = app.phase$.value;
    // An observer's is a camera: the room tells motion from there.
    if (phase.kind !== "inside" || (phase.mode === "enter" && !app.driver$.value)) return;
    const { viewer } = app;
    head[0] = viewer.x;
    head[1] = viewer.y + HEAD_HEIGHT_M;
    head[2] = viewer.z;
    head.set(lookQuaternion(viewer.yaw, viewer.pitch), 3);
    core.set_pose(head, undefined, undefined, viewer.jumped, clock.now_ms);
    viewer.jumped = false;
  });
  return () => undefined;
}
