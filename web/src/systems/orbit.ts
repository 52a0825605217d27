/** Behind the lobby's dialog the room turns slowly, seen from a little above. */
import type { Context } from "./context";

/** Once around, seconds: slow enough not to be noticed while reading. */
const ROUND_S = 110;
/** Height of the eye above the middle, as a share of the distance. */
const LIFT = 0.42;
/** Nearest and farthest distance, metres. */
const DISTANCE_M = [7, 26] as const;
/** Things larger than this are floor and walls, not what the room is about, metres. */
const THING_MAX_M = 12;
/** How far the room's heart is seen beside the middle of a wide page, radians. */
const ASIDE_RAD = 0.3;
/** How far the room's heart is seen above the middle of an upright page, radians. */
const ABOVE_RAD = 0.26;
/** The picture glides to a new middle when things appear, per second. */
const GLIDE_PER_S = 2.5;

export function orbit({ app, stage, clock, onFrame }: Context): () => void {
  // The picture of a room's card is taken from -X, -Z: the lobby begins where the card left off.
  let angle = Math.PI * 1.25;
  let view: readonly [number, number, number, number] | undefined;
  onFrame(() => {
    // Nobody with a headset is swung around: they wait where they are.
    if (app.visit.inRoom || stage.rig.tracked) return;
    // Without a graphics card a picture that always moves takes the machine from everything else.
    const turns = !stage.isSoftware && !app.preferences.settings$.value.reduce_motion;
    if (turns) angle += (clock.dt_s * Math.PI * 2) / ROUND_S;
    const aim = aimAt();
    const share = view === undefined ? 1 : 1 - Math.exp(-GLIDE_PER_S * clock.dt_s);
    const from = view ?? aim;
    const [x, y, z, distance] = aim.map((part, at) => (from[at] ?? part) + (part - (from[at] ?? part)) * share);
    view = [x ?? 0, y ?? 0, z ?? 0, distance ?? DISTANCE_M[0]];
    lookFrom(view);
  });

  function aimAt(): readonly [number, number, number, number] {
    const heart = stage.solids.heart(THING_MAX_M);
    if (heart === undefined) return [0, 1, 0, DISTANCE_M[0] + 3];
    const distance = Math.min(DISTANCE_M[1], Math.max(DISTANCE_M[0], heart.spread_m * 1.2 + 3));
    return [heart.x, Math.max(0.6, heart.y * 0.8), heart.z, distance];
  }

  function lookFrom([x, y, z, distance]: readonly [number, number, number, number]): void {
    const height = distance * LIFT;
    const [eye_x, eye_z] = [x + Math.sin(angle) * distance, z + Math.cos(angle) * distance];
    // On a wide page the dialog stands on the left: the room's heart is seen right of it.
    const aside = stage.aspect > 1.2 ? ASIDE_RAD : 0;
    // On an upright page it covers the lower part: the heart is seen above it.
    const above = stage.aspect < 1 ? ABOVE_RAD : 0;
    stage.stand(eye_x, y + height, eye_z, angle + Math.PI - aside, 0, Math.atan2(height, distance) + above);
  }

  return () => undefined;
}
