/**
 * A headset moves the visitor: with real steps, with the stick of the one hand and turns by the other's.
 *
 * Owns how the rig's floor lies under the body: the head is where the person holds it, the floor follows what the room
 * does with the body. On a seat, or for someone who sits at home and stands here, the floor is lifted or sunk once so
 * that the head is at its height; from there it moves as it likes.
 */
import { HEAD_HEIGHT_M } from "../core/viewer";
import { PLACE_FLOATS } from "../scene/rig";
import { type Body, fly, walk } from "../systems/body";
import { AGILITY_PER_S, EYE_PER_S, WALK_M_S, type Wish, approach, clampPitch, flySpeed, walkSpeed } from "../systems/movement";
import { groundOf } from "../systems/plain";
import type { HeadsetContext } from "./frame";
import { TICK } from "./haptics";
import { headOn, headingOf, pitchOf, standAt, turnAboutHead } from "./stance";
import { goAlong } from "./stride";

/** A fall faster than this is felt in the stomach, metres per second. */
const FALL_FELT_M_S = 2;

export function moving({ app, stage, clock, worn, pointer, push, comfort, haptics }: HeadsetContext): () => void {
  const { rig } = stage;
  const { viewer, seating } = app;
  const ground = groundOf(stage.solids, () => stage.hasPlain);
  const settings = () => app.preferences.settings$.value;
  const head = new Float32Array(PLACE_FLOATS);
  /** Where the body was when the floor was last put under it. */
  const shown = { x: 0, y: 0, z: 0 };
  let [speed_x, speed_y, speed_z] = [0, 0, 0];
  let floor_y = 0;
  let lift_m = 0;
  /** What the lift was measured for. */
  let seat: string | null = null;
  let { seated } = settings().headset;
  /** Whether one was asked to leave in this frame, and in the one before. */
  let [leaving, blinking] = [false, false];

  /** Behind a blink. */
  function leaves(): boolean {
    leaving = true;
    comfort.close();
    return comfort.closed;
  }

  /** Once nobody asks any more: they are there, or need not go. */
  function blink(): void {
    if (blinking && !leaving) comfort.open();
    [blinking, leaving] = [leaving, false];
  }

  function placed(body: Body, yaw: number): void {
    if (seat !== null && seat === seating.seat$.value) return carry(body);
    standAt(rig, body.x, body.z, yaw);
    measure();
    [speed_x, speed_y, speed_z] = [0, 0, 0];
    floor_y = body.y;
  }

  /** A seat that moves takes along who sits on it; they may lean as before. */
  function carry(body: Body): void {
    rig.x += body.x - shown.x;
    rig.z += body.z - shown.z;
    floor_y = body.y;
  }

  function measure(): void {
    seat = seating.seat$.value;
    ({ seated } = settings().headset);
    rig.recentred = false;
    lift_m = seat !== null || seated ? HEAD_HEIGHT_M - (rig.head[1] ?? HEAD_HEIGHT_M) : 0;
  }

  function step(body: Body): void {
    blink();
    comfort.motion = 0;
    if (rig.recentred) standAt(rig, body.x, body.z, viewer.yaw);
    if (rig.recentred || seated !== settings().headset.seated) measure();
    turn();
    comfort.walled = false;
    if (seating.seat$.value !== null) return;
    const flying = settings().fly;
    const [x, z] = headOn(rig);
    comfort.walled = goAlong(body, x, rig.y + (rig.head[1] ?? 0), z, flying, ground);
    stride(body, flying);
  }

  function turn(): void {
    const { turn, snap_degrees, turn_speed } = settings().headset;
    if (turn === "smooth") return turnSmoothly(turn_speed);
    if (!push.began || (push.way !== "left" && push.way !== "right")) return;
    turnAboutHead(rig, radians(push.way === "left" ? -snap_degrees : snap_degrees));
    haptics.feel(pointer.hand, TICK, clock.now_ms);
  }

  /** As far as the stick is pushed aside, from the first; one that aims does not turn. */
  function turnSmoothly(turn_speed: number): void {
    const [x, y] = [pointer.hand?.stick[0] ?? 0, pointer.hand?.stick[1] ?? 0];
    if (push.way === "ahead" || push.way === "back" || Math.abs(y) > Math.abs(x)) return;
    turnAboutHead(rig, radians(x * turn_speed) * clock.dt_s);
    comfort.motion = Math.abs(x);
  }

  /** What the stick wishes; the floor goes wherever it takes the body. */
  function stride(body: Body, flying: boolean): void {
    // The dead look about, and go nowhere.
    if (app.vitals.dead) return;
    const { dominant, move_speed } = settings().headset;
    const hand = dominant === "right" ? rig.left : rig.right;
    const wish: Wish = { forward: hand.stick[1] ?? 0, right: hand.stick[0] ?? 0, up: 0, run: false };
    const hurry = flying ? 1 + Math.max(0, hand.pressed[0] ?? 0) : 1;
    const factor = (hurry * move_speed) / WALK_M_S;
    if (flying) hasten(flySpeed(wish, viewer.yaw, viewer.pitch), factor);
    else {
      const [x, z] = walkSpeed(wish, viewer.yaw);
      hasten([x, 0, z], factor);
    }
    const [from_x, from_z] = [body.x, body.z];
    if (flying) fly(body, [speed_x, speed_y, speed_z], clock.dt_s, ground);
    else walk(body, speed_x, speed_z, false, clock.dt_s, ground, app.movement.rules$.value.gravity_m_s2);
    rig.x += body.x - from_x;
    rig.z += body.z - from_z;
    const falls = !flying && body.up_m_s < -FALL_FELT_M_S;
    const share = falls ? 1 : Math.hypot(speed_x, speed_y, speed_z) / move_speed;
    comfort.motion = Math.min(1, Math.max(comfort.motion, share));
  }

  function hasten([x, y, z]: readonly [number, number, number], factor: number): void {
    speed_x = approach(speed_x, x * factor, AGILITY_PER_S, clock.dt_s);
    speed_y = approach(speed_y, y * factor, AGILITY_PER_S, clock.dt_s);
    speed_z = approach(speed_z, z * factor, AGILITY_PER_S, clock.dt_s);
  }

  function show(body: Body): void {
    floor_y = body.grounded ? approach(floor_y, body.y, EYE_PER_S, clock.dt_s) : body.y;
    stage.stand(rig.x, floor_y + lift_m, rig.z, rig.yaw, HEAD_HEIGHT_M, 0);
    rig.toRoom(rig.head, head);
    viewer.yaw = headingOf(head);
    viewer.pitch = clampPitch(pitchOf(head));
    [shown.x, shown.y, shown.z] = [body.x, body.y, body.z];
  }

  worn.mover = { placed, leaves, step, show };
  return () => void (worn.mover = undefined);
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
