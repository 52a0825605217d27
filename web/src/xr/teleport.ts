/**
 * Teleport: the stick of the pointing hand pushed ahead, or a pinch, shows an arc and where one will stand; let go, one
 * is there, behind a blink. Turning the stick turns where one will look.
 */
import { isFloor } from "../scene/looks";
import type { Body } from "../systems/body";
import { groundOf } from "../systems/plain";
import { ARC_MAX_S, meets } from "./arc";
import type { HeadsetContext } from "./frame";
import { DONE, TICK } from "./haptics";
import { TELEPORT_MAX_M, lands } from "./landing";
import { twistOf } from "./push";
import { isWalled } from "./stride";
import { TeleportMarks } from "./teleport_marks";

/** A point of an arc is told how far it is from things at most this far, metres. */
const FEEL_M = 0.5;
/** Things up to this much farther than one may go can be in the way, metres. */
const BEYOND_M = 2;
/** A hand is felt for walls as a ball of this radius, metres. */
const HAND_RADIUS_M = 0.05;

/** `by` holds the arc until it is let go; then the eyes are shut, and then one is there. */
type State = { readonly kind: "rest" } | { readonly kind: "aiming"; readonly by: "stick" | "pinch" } | { readonly kind: "going" };

export function teleport(context: HeadsetContext): () => void {
  const { app, stage, replica, clock, pointer, push, comfort, haptics, onFrame } = context;
  const { viewer, seating } = app;
  const { solids } = stage;
  const ground = groundOf(solids, () => stage.hasPlain);
  const marks = new TeleportMarks(stage);
  const met: [number, number, number] = [0, 0, 0];
  const target: Body = { x: 0, y: 0, z: 0, up_m_s: 0, grounded: true };
  let state: State = { kind: "rest" };
  let valid = false;
  let twist = 0;
  let standing_up = false;

  onFrame(() => {
    if (state.kind === "rest") begin();
    if (state.kind === "aiming") aim(state.by);
    else if (state.kind === "going") go();
  });

  function begin(): void {
    const by = push.began && push.way === "ahead" ? "stick" : pinches() ? "pinch" : undefined;
    if (by === undefined || !pointer.aims || !app.visit.inRoom || app.vitals.dead) return;
    state = { kind: "aiming", by };
    valid = false;
    twist = 0;
  }

  /** A hand without a controller has no stick to aim with. */
  function pinches(): boolean {
    return pointer.pressed && !pointer.taken && pointer.hand?.jointed === true;
  }

  function aim(by: "stick" | "pinch"): void {
    const over = by === "stick" ? push.way !== "ahead" : !pointer.held;
    // A hand that is lost gives up; one that lets go means it.
    if (over || !pointer.aims) return letGo(pointer.aims && (by === "stick" ? push.ended : pointer.released));
    pointer.take(Number.POSITIVE_INFINITY);
    const was_valid = valid;
    const at_s = look();
    if (by === "stick" && pointer.hand !== undefined) twist = twistOf(pointer.hand.stick, twist);
    if (valid && !was_valid) haptics.feel(pointer.hand, TICK, clock.now_ms);
    marks.arc(pointer.hand?.aim, at_s ?? ARC_MAX_S, valid);
    if (valid) marks.place(target.x, target.y, target.z, viewer.yaw + twist);
    else marks.refuse(at_s === undefined ? undefined : met);
  }

  /** Follows the arc to its end; when that is, seconds, and whether one may stand there. */
  function look(): number | undefined {
    const [x, y, z] = pointer.origin;
    // A hand that reaches through a wall does not take one there.
    const reaches_through = isWalled(viewer, stage.eye[1], x, y, z, HAND_RADIUS_M, ground);
    const [dx, , dz] = pointer.direction;
    const level = Math.hypot(dx, dz) || 1;
    solids.gatherAlong(x, z, dx / level, dz / level, TELEPORT_MAX_M + BEYOND_M, FEEL_M);
    const at_s = meets(met, pointer.origin, pointer.direction, apart);
    valid = !reaches_through && at_s !== undefined && carries(solids.nearest) && lands(target, met, viewer, ground);
    return at_s;
  }

  function apart(x: number, y: number, z: number): number {
    const things_m = solids.distanceTo(x, y, z, FEEL_M);
    if (!stage.hasPlain || y >= things_m) return things_m;
    solids.nearest = -1;
    return y;
  }

  /** Whether the room says that one may go there; the plain is anyone's. */
  function carries(owner: number): boolean {
    if (owner < 0) return true;
    const components = replica.record(owner)?.components;
    if (components === undefined) return false;
    const { teleportable } = components;
    return isFloor(components) || (teleportable !== undefined && teleportable !== false);
  }

  function letGo(meant: boolean): void {
    marks.hide();
    state = { kind: "rest" };
    if (!meant || !valid) return;
    haptics.feel(pointer.hand, DONE, clock.now_ms);
    comfort.close();
    state = { kind: "going" };
    standing_up = false;
  }

  function go(): void {
    if (seating.seat$.value !== null) return standUp();
    // Whoever else shut the eyes may have opened them.
    if (!comfort.closed) return comfort.close();
    Object.assign(viewer, { x: target.x, y: target.y, z: target.z, yaw: viewer.yaw + twist });
    arrive();
  }

  /** Whoever sits stands up first; who may not stays. */
  function standUp(): void {
    if (standing_up) return;
    standing_up = true;
    void seating.stand().then(({ ok }) => {
      // Refused also to who has stood up meanwhile: they go on.
      if (!ok && seating.seat$.value !== null) arrive();
    });
  }

  function arrive(): void {
    comfort.open();
    state = { kind: "rest" };
  }

  return () => marks.dispose();
}
