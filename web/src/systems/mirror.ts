/**
 * Oneself in the lobby: one's own figure on a plinth right before the eye, where the dialog leaves a place for it. It
 * turns slowly and looks at its visitor.
 *
 * It is small and near, so that nothing of the room stands before it.
 */
import { lookQuaternion } from "../core/viewer";
import { newFigure } from "../scene/crowd";
import { NEUTRAL, rgb } from "../scene/looks";
import { EYES_M, PLINTH, TALL_M } from "../scene/person/measures";
import type { Context } from "./context";
import { figureLook } from "./known";

/** How far before the eye it stands, metres. */
const AWAY_M = 1.1;
/** How much of its place's height it takes. */
const FILLS = 0.9;
/** Once around, seconds. */
const ROUND_S = 24;
/** Where it begins, and where it stays that does not turn: a little from its side, radians. */
const ASIDE_RAD = 0.45;
/** It looks up or down to its visitor by at most this, radians. */
const NOD_MAX = 0.35;

/** Returns what shows it in a frame; between the crowd's beginning and end. */
export function mirror({ app, stage, clock }: Context): () => void {
  const { profile$, mirror } = app.profile;
  const poses = new Float32Array(7);
  const figure = { ...newFigure(figureLook(profile$.value.look)), poses, posed: true };
  let known = profile$.value;
  let turn = ASIDE_RAD;
  learn();

  function learn(): void {
    known = profile$.value;
    figure.look = figureLook(known.look);
    [figure.red, figure.green, figure.blue] = rgb(known.color) ?? NEUTRAL;
    stage.stir();
  }

  return () => {
    const place = mirror.place$.value;
    // Nobody with a headset looks at a page.
    if (place === null || place.height < 1 || stage.rig.tracked) return;
    if (known !== profile$.value) learn();
    const { reduce_motion } = app.preferences.settings$.value;
    // Without a graphics card a picture that always moves takes the machine from everything else.
    const lives = !reduce_motion && !stage.isSoftware;
    if (lives) turn += (clock.dt_s * 2 * Math.PI) / ROUND_S;
    figure.idle = lives;
    const x = place.left + place.width / 2;
    const [above, middle, below] = [0, 0.5, 1].map((share) => stage.sight(x, place.top + place.height * share));
    if (above === undefined || middle === undefined || below === undefined) return;
    const [ex, ey, ez] = middle.origin;
    const [dx, dy, dz] = middle.direction;
    const reach = (AWAY_M * FILLS) / (TALL_M + PLINTH.high);
    const size = reach * Math.hypot(...[0, 1, 2].map((axis) => (above.direction[axis] ?? 0) - (below.direction[axis] ?? 0)));
    const floor_y = ey + dy * AWAY_M - (TALL_M / 2 - PLINTH.high / 2) * size;
    const head_y = floor_y + EYES_M * size;
    const yaw = Math.atan2(-dx, -dz) + turn + mirror.turned_rad;
    const up = Math.atan2(ey - head_y, AWAY_M * Math.hypot(dx, dz)) * Math.max(0, Math.cos(turn + mirror.turned_rad));
    poses.set([ex + dx * AWAY_M, head_y, ez + dz * AWAY_M]);
    poses.set(lookQuaternion(yaw, -Math.max(-NOD_MAX, Math.min(NOD_MAX, up))), 3);
    stage.crowd.pose(figure, size, floor_y);
  };
}
