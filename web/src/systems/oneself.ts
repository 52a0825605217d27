/**
 * Oneself where one fell, for who sees that from outside; someone with a headset goes on looking out of their own eyes.
 */
import { HEAD_HEIGHT_M, lookQuaternion } from "../core/viewer";
import { newFigure } from "../scene/crowd";
import { LOD } from "../scene/lod";
import { NEUTRAL, rgb } from "../scene/looks";
import { PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";
import { Sinking, sink } from "./fallen";
import { figureLook } from "./known";

/** Returns what shows it in a frame; between the crowd's beginning and end. */
export function oneself({ app, session, replica, stage, clock }: Context): () => void {
  const { profile$ } = app.profile;
  const poses = new Float32Array(PLACE_FLOATS);
  const figure = { ...newFigure(figureLook(profile$.value.look)), poses, head: 0, lod: LOD.near, away: true };
  const sinking = new Sinking();
  /** How they stood when they fell: since then they only look about. */
  let yaw: number | undefined;

  function learn(): void {
    const { color, look } = profile$.value;
    figure.look = figureLook(look);
    [figure.red, figure.green, figure.blue] = rgb(color) ?? NEUTRAL;
    yaw = app.viewer.yaw;
    stage.crowd.forget(figure.index);
  }

  return () => {
    const { viewer, vitals } = app;
    const share = sinking.share(0, vitals.dead, clock.now_ms, app.preferences.settings$.value.reduce_motion);
    if (!vitals.dead || stage.rig.tracked) return void (yaw = undefined);
    figure.index = replica.index(session.self_id);
    if (figure.index < 0) return;
    if (yaw === undefined) learn();
    poses.set([viewer.x, viewer.y + HEAD_HEIGHT_M, viewer.z]);
    poses.set(lookQuaternion(yaw ?? viewer.yaw, 0), 3);
    sink(poses, 0, viewer.y, share);
    stage.crowd.draw(figure);
  };
}
