/**
 * The visitor moves: keys, mouse and thumbs become steps of a body, and the eye goes along.
 *
 * Owns where the visitor is (`app.viewer`). Moves also while the connection is lost: the world stays.
 */
import { pairwise } from "rxjs";
import { HEAD_HEIGHT_M, yawOf } from "../core/viewer";
import type { Phase } from "../core/visit";
import { BODY_RADIUS_M, type Body, fly, walk } from "./body";
import type { Context } from "./context";
import {
  AGILITY_PER_S,
  LOOK_RAD_PX,
  approach,
  clampPitch,
  flySpeed,
  turnOf,
  walkSpeed,
  wishOf,
} from "./movement";
import { groundOf } from "./plain";

/** Below this one has fallen out of the world and returns to where one came in, metres. */
export const FALL_OUT_M = -20;
/** The eye follows a step up or down this fast, per second: feet climb at once, eyes glide. */
const EYE_PER_S = 14;
/** Where an observer begins: at least this far from the room's heart, metres. */
const OBSERVER_DISTANCE_M = 5;
/** Things larger than this are floor and walls, metres. */
const THING_MAX_M = 12;

/** A place to stand and a direction to look in. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw: number;
}

export function locomotion(context: Context): () => void {
  const { app, stage, clock, input, onFrame } = context;
  const { viewer } = app;
  const ground = groundOf(stage.solids, () => stage.hasPlain);
  const body: Body = { x: viewer.x, y: viewer.y, z: viewer.z, up_m_s: 0, grounded: false };
  let spawn: Spot = { x: viewer.x, y: viewer.y, z: viewer.z, yaw: viewer.yaw };
  let [speed_x, speed_y, speed_z] = [0, 0, 0];
  let eye_y = HEAD_HEIGHT_M;

  let was_inside = false;
  const entered = app.visit.phase$.subscribe((phase) => {
    if (phase.kind === "entering") return;
    // Whoever watched and goes on watching, because there is no place, stays where they are.
    const stays = was_inside && phase.kind === "inside" && phase.mode === "observe";
    was_inside = phase.kind === "inside";
    if (phase.kind !== "inside" || stays) return;
    spawn = onFloor(spotFor(phase, context));
    goTo(spawn);
  });
  const stood = app.seating.seat$.pipe(pairwise()).subscribe(([seat, now]) => {
    if (seat !== null && now === null) goTo(onFloor(viewer));
  });

  onFrame(() => {
    if (!app.visit.inRoom) return;
    turn();
    if (input.pressed.has("KeyF")) toggleFlight();
    if (placedFromOutside()) goTo({ ...viewer });
    if (app.seating.seat$.value === null) step();
    if (body.y < FALL_OUT_M) goTo(spawn);
    [viewer.x, viewer.y, viewer.z] = [body.x, body.y, body.z];
    eye_y = approach(eye_y, body.y + HEAD_HEIGHT_M, EYE_PER_S, clock.dt_s);
    // In the air the eye is where the head is.
    if (!body.grounded) eye_y = body.y + HEAD_HEIGHT_M;
    stage.stand(body.x, eye_y - HEAD_HEIGHT_M, body.z, viewer.yaw, HEAD_HEIGHT_M, viewer.pitch);
  });

  function turn(): void {
    const { look_speed, invert_look } = app.preferences.settings$.value;
    const [yaw_s, pitch_s] = turnOf(input.held, app.touch);
    const sign = invert_look ? -1 : 1;
    viewer.yaw += input.look_x * LOOK_RAD_PX * look_speed + yaw_s * clock.dt_s;
    viewer.pitch = clampPitch(
      viewer.pitch + sign * (input.look_y * LOOK_RAD_PX * look_speed + pitch_s * clock.dt_s),
    );
  }

  function step(): void {
    const wish = wishOf(input.held, app.touch);
    const flying = app.preferences.settings$.value.fly;
    const [x, y, z] = flying ? flySpeed(wish, viewer.yaw, viewer.pitch) : flat(walkSpeed(wish, viewer.yaw));
    speed_x = approach(speed_x, x, AGILITY_PER_S, clock.dt_s);
    speed_y = approach(speed_y, y, AGILITY_PER_S, clock.dt_s);
    speed_z = approach(speed_z, z, AGILITY_PER_S, clock.dt_s);
    if (flying) fly(body, [speed_x, speed_y, speed_z], clock.dt_s, ground);
    else walk(body, speed_x, speed_z, wish.up > 0.5, clock.dt_s, ground);
  }

  /** Someone else wrote the viewer: a test, a seat. */
  function placedFromOutside(): boolean {
    return viewer.x !== body.x || viewer.y !== body.y || viewer.z !== body.z;
  }

  /** The same place with the feet on its floor: heads of people who sat or knelt are lower than theirs who stand. */
  function onFloor({ x, y, z, yaw }: Spot): Spot {
    ground.gather(x, z, BODY_RADIUS_M);
    return { x, y: Math.max(y, ground.floorUnder(x, y + HEAD_HEIGHT_M, z, HEAD_HEIGHT_M)), z, yaw };
  }

  function goTo(spot: Spot): void {
    Object.assign(body, { x: spot.x, y: spot.y, z: spot.z, up_m_s: 0, grounded: false });
    Object.assign(viewer, { x: spot.x, y: spot.y, z: spot.z, yaw: spot.yaw, jumped: true });
    [speed_x, speed_y, speed_z] = [0, 0, 0];
    eye_y = spot.y + HEAD_HEIGHT_M;
  }

  function toggleFlight(): void {
    const settings = app.preferences.settings$.value;
    app.preferences.settings$.next({ ...settings, fly: !settings.fly });
    app.hud.hud$.next({ text: settings.fly ? "Walking" : "Flying. Space goes up, X goes down.", tone: "plain" });
  }

  return () => {
    entered.unsubscribe();
    stood.unsubscribe();
  };
}

function flat([x, z]: readonly [number, number]): readonly [number, number, number] {
  return [x, 0, z];
}

/** Where the room put the own avatar; an observer has none and begins at the room's edge, looking in. */
function spotFor(phase: Extract<Phase, { kind: "inside" }>, { session, stage }: Context): Spot {
  const head = phase.mode === "enter" ? session.place : undefined;
  if (head !== undefined) {
    const [x = 0, y = HEAD_HEIGHT_M, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = head;
    return { x, y: y - HEAD_HEIGHT_M, z, yaw: yawOf(qx, qy, qz, qw) };
  }
  const heart = stage.solids.heart(THING_MAX_M);
  const back = OBSERVER_DISTANCE_M + (heart?.spread_m ?? 0) / 2;
  return { x: heart?.x ?? 0, y: 0, z: (heart?.z ?? 0) - back, yaw: 0 };
}
