/**
 * The visitor moves: a body that keys and thumbs, or a headset, move; and where it is put from elsewhere.
 *
 * Owns where the visitor is (`app.viewer`). Moves also while the connection is lost: the world stays.
 */
import { pairwise } from "rxjs";
import { NOBODY_FLIES } from "../core/movement_rules";
import { HEAD_HEIGHT_M, yawOf } from "../core/viewer";
import type { Phase } from "../core/visit";
import { isAstray } from "./astray";
import { BODY_RADIUS_M, type Body, SINK_M_S } from "./body";
import type { Context } from "./context";
import { newDesk } from "./desk";
import { groundOf } from "./plain";
import { Sent } from "./sent";

/** Below this one has fallen out of the world and returns to where one came in, metres. */
export const FALL_OUT_M = -20;
/** As far as a floor is sought above and below where one came in, metres. */
const FLOOR_SOUGHT_M = 100;
/** Where an observer begins: at least this far from the room's heart, metres. */
const OBSERVER_DISTANCE_M = 5;
/** Things larger than this are floor and walls, metres. */
const THING_MAX_M = 12;

/** Who moves the visitor: the desk, or a headset while it is worn. */
export interface Mover {
  /** The body was put somewhere, or this mover takes over: whoever looks looks along `yaw`, radians. */
  placed(body: Body, yaw: number): void;
  /** The body is to go elsewhere at once: spares its eyes, and says when it may. Asked each frame until then. */
  leaves(): boolean;
  /** Moves the body for this frame; one who sits stays. */
  step(body: Body): void;
  /** Puts floor and head where the body is, and tells where the visitor looks. */
  show(body: Body): void;
}

/** A place to stand and a direction to look in. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw: number;
}

export function locomotion(context: Context): () => void {
  const { app, stage, input, worn, onFrame } = context;
  const { viewer, movement } = app;
  const { settings$ } = app.preferences;
  const ground = groundOf(stage.solids, () => stage.hasPlain);
  const body: Body = { x: viewer.x, y: viewer.y, z: viewer.z, up_m_s: 0, grounded: false };
  let spawn: Spot = { x: viewer.x, y: viewer.y, z: viewer.z, yaw: viewer.yaw };
  const sent = new Sent(app);
  const desk = newDesk(context);
  let mover = desk;

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
    takeTurns();
    if (input.pressed.has("KeyF") && !app.vitals.dead) toggleFlight();
    land();
    if (placedFromOutside()) goTo({ ...viewer });
    const to = sent.due(() => mover.leaves());
    if (to !== undefined) goTo(onFloor({ ...to, yaw: to.yaw ?? viewer.yaw }));
    const [x, y, z] = [body.x, body.y, body.z];
    mover.step(body);
    // The dead lie where they fell, and look about.
    if (app.vitals.dead && to === undefined) Object.assign(body, { x, y, z, up_m_s: 0 });
    if (body.y < FALL_OUT_M || isAstray(body)) goTo(home());
    [viewer.x, viewer.y, viewer.z] = [body.x, body.y, body.z];
    mover.show(body);
  });

  /** A headset moves as soon as it knows where it is. */
  function takeTurns(): void {
    const now = (stage.rig.tracked ? worn.mover : undefined) ?? desk;
    if (now === mover) return;
    mover = now;
    mover.placed(body, viewer.yaw);
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

  /** Where one came in, on the floor that is there now: it may have been lifted, or lowered, since. */
  function home(): Spot {
    ground.gather(spawn.x, spawn.z, BODY_RADIUS_M);
    const floors = [HEAD_HEIGHT_M, FLOOR_SOUGHT_M].map((above) => ground.floorUnder(spawn.x, spawn.y + above, spawn.z, above + FLOOR_SOUGHT_M));
    const y = floors.find((floor) => floor > FALL_OUT_M);
    return y === undefined ? spawn : { ...spawn, y };
  }

  function goTo(spot: Spot): void {
    Object.assign(body, { x: spot.x, y: spot.y, z: spot.z, up_m_s: -SINK_M_S, grounded: false });
    Object.assign(viewer, { x: spot.x, y: spot.y, z: spot.z, jumped: true });
    mover.placed(body, spot.yaw);
  }

  function toggleFlight(): void {
    const { fly } = settings$.value;
    if (!fly && !movement.rules$.value.flying) return say(NOBODY_FLIES);
    settings$.next({ ...settings$.value, fly: !fly });
    say(fly ? "Walking" : `Flying. Space goes up, ${app.keyboard.label("KeyX")} goes down.`);
  }

  /** Whoever flies, or has just switched it on, walks where nobody may. */
  function land(): void {
    if (!settings$.value.fly || movement.rules$.value.flying) return;
    settings$.next({ ...settings$.value, fly: false });
    say(NOBODY_FLIES);
  }

  function say(text: string): void {
    app.hud.hud$.next({ text, tone: "plain" });
  }

  return () => {
    entered.unsubscribe();
    stood.unsubscribe();
    sent.dispose();
  };
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
