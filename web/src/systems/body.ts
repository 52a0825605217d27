/**
 * A walking body: gravity, steps, walls, jumping. Pure; the room around it is an argument, and so is its gravity.
 *
 * The body is a stack of balls above step height, and a few probes for the floor below: what is lower than a step is
 * stepped onto, what is higher is bumped into.
 *
 * What grows around somebody, or is put over them, swallows them: from deep inside they are neither thrown out nor lifted onto
 * it, but walk on until they come out.
 *
 * Without gravity nobody falls: who walks over an edge walks on as high as they are. Who pushes off, who has flown and who
 * was put somewhere comes down slowly, so that nobody drifts away or hangs where they cannot go on.
 */
import { approach } from "./movement";

/** Radius of the body, metres: through a door of 0.8 m with room to spare. */
export const BODY_RADIUS_M = 0.28;
/** What is at most this high is stepped onto, metres: stairs, kerbs, thresholds. */
export const STEP_M = 0.36;
/** Height of the body's top, metres. */
export const BODY_TOP_M = 1.92;
/** Lifts the feet 0.9 m on earth, 5.4 m on the moon; without gravity it is braked and lifts them 0.85 m. */
export const JUMP_M_S = 4.2;
/** Gravity weaker than this, upward m/s², counts as none for people: a jump would take them away for more than 20 s. */
const WEIGHTLESS_M_S2 = -0.4;
/** How fast one comes down without gravity, metres per second. */
export const SINK_M_S = 1;
/** How fast a jump without gravity turns into that, per second. */
const BRAKE_PER_S = 3;
/** A fall gets no faster than this, metres per second. */
export const FALL_MAX_M_S = 40;
/** The longest part of a step tried at once, metres: shorter than the body is wide, so nothing is jumped over. */
const PART_M = 0.14;
/** Down a slope or a stair the feet stay on the floor up to this drop, metres. */
const SNAP_M = 0.3;
/** Distance of the floor's probes from the body's middle, metres. */
const PROBE_M = 0.14;
/** Times a body is pushed out in one part: two walls of a corner, and once more. */
const PUSHES = 4;
/** A slope that is steeper than this pushes sideways; a flatter one carries (upward part of its normal). */
const STEEP = 0.75;

/** Deeper inside something than this one was swallowed, metres: nobody walks or falls so far into anything in one part. */
export const SWALLOWED_M = 0.5;

/** A floor that rises or falls more than this around a body does not carry it well, metres: steeper than 40 degrees. */
const LEVEL_M = 0.12;

const PROBES: readonly (readonly [number, number])[] = [
  [0, 0],
  [PROBE_M, 0],
  [-PROBE_M, 0],
  [0, PROBE_M],
  [0, -PROBE_M],
];
/** Heights of the balls' middles above the feet, metres. */
const BALLS: readonly number[] = [STEP_M + BODY_RADIUS_M + 0.02, 1.15, BODY_TOP_M - BODY_RADIUS_M];

/** The room as a body feels it. */
export interface Ground {
  /** Prepares the questions below for places near a vertical line. */
  gather(x: number, z: number, reach: number): void;
  /** How a ball is pushed out of the deepest thing it is in; false when it is in none, or deeper than `deepest_m`. */
  push(out: [number, number, number], x: number, y: number, z: number, radius: number, deepest_m?: number): boolean;
  /** Height of the highest floor under a point, at most `down` below it; -Infinity without one, or deeper inside. */
  floorUnder(x: number, y: number, z: number, down: number, deepest_m?: number): number;
}

export interface Body {
  /** Feet, metres. */
  x: number;
  y: number;
  z: number;
  /** Upward speed, metres per second. */
  up_m_s: number;
  grounded: boolean;
}

/** Walks, falls or jumps for `dt_s` seconds at a speed along the floor; gravity is upward. */
export function walk(
  body: Body,
  speed_x: number,
  speed_z: number,
  jump: boolean,
  dt_s: number,
  ground: Ground,
  gravity_m_s2: number,
): void {
  gatherAround(body, Math.hypot(speed_x, speed_z) * dt_s, ground);
  slide(body, speed_x * dt_s, 0, speed_z * dt_s, ground, false);
  if (jump && body.grounded) {
    body.up_m_s = JUMP_M_S;
    body.grounded = false;
  }
  fall(body, dt_s, ground, gravity_m_s2);
}

/** Flies for `dt_s` seconds: no weight, but walls stay walls. */
export function fly(body: Body, speed: readonly [number, number, number], dt_s: number, ground: Ground): void {
  gatherAround(body, Math.hypot(...speed) * dt_s, ground);
  // How one begins to come down when one flies no more.
  body.up_m_s = -SINK_M_S;
  body.grounded = false;
  slide(body, speed[0] * dt_s, speed[1] * dt_s, speed[2] * dt_s, ground, true);
}

/** Goes along with a real step: sideways at once as far as walls let it; falling is for `walk` and `fly`. */
export function follow(body: Body, dx: number, dz: number, flying: boolean, ground: Ground): void {
  gatherAround(body, Math.hypot(dx, dz), ground);
  slide(body, dx, 0, dz, ground, flying);
}

/**
 * Whether a body may stand somewhere: there is room for it and the floor carries it on all sides. One that is a little
 * too near to a wall is put beside it first.
 */
export function settles(body: Body, ground: Ground): boolean {
  gatherAround(body, BODY_RADIUS_M, ground);
  // Inside of something there is no place to stand, however deep.
  for (const height of BALLS) if (ground.push(out, body.x, body.y + height, body.z, 0)) return false;
  for (let push = 0; push < PUSHES && pushOut(body, ground, false); push += 1);
  if (pushOut(body, ground, false)) return false;
  // A ball that is squeezed from above is no longer pushed sideways, but has no room either.
  for (const height of BALLS) if (ground.push(out, body.x, body.y + height, body.z, BODY_RADIUS_M - 0.02)) return false;
  for (const [dx, dz] of PROBES) {
    const floor = ground.floorUnder(body.x + dx, body.y + LEVEL_M, body.z + dz, 2 * LEVEL_M);
    if (Math.abs(floor - body.y) > LEVEL_M - 0.01) return false;
  }
  return true;
}

function gatherAround(body: Body, distance: number, ground: Ground): void {
  ground.gather(body.x, body.z, BODY_RADIUS_M + distance + PROBE_M);
}

function slide(body: Body, dx: number, dy: number, dz: number, ground: Ground, flying: boolean): void {
  const parts = Math.max(1, Math.ceil(Math.hypot(dx, dy, dz) / PART_M));
  for (let part = 0; part < parts; part += 1) {
    body.x += dx / parts;
    body.y += dy / parts;
    body.z += dz / parts;
    for (let push = 0; push < PUSHES && pushOut(body, ground, flying); push += 1);
    if (!flying && body.grounded) stepUp(body, ground);
  }
}

const out: [number, number, number] = [0, 0, 0];

/** Pushes the body out of what it is in; false when it is free. */
function pushOut(body: Body, ground: Ground, flying: boolean): boolean {
  let pushed = false;
  for (const height of BALLS) {
    if (!ground.push(out, body.x, body.y + height, body.z, BODY_RADIUS_M, SWALLOWED_M)) continue;
    const depth = Math.hypot(...out);
    if (flying) body.y += out[1];
    // What lies flat below or above is for the feet and the head.
    else if (Math.abs(out[1]) > depth * STEEP) continue;
    const level = Math.hypot(out[0], out[2]);
    if (level < 1e-6) continue;
    // On foot one is pushed sideways only, but as far as it takes to be out.
    const share = flying ? 1 : depth / level;
    body.x += out[0] * share;
    body.z += out[2] * share;
    pushed = true;
  }
  return pushed;
}

/** While walking the feet follow the floor at once, so that a stair is climbed step by step and not at its end. */
function stepUp(body: Body, ground: Ground): void {
  const floor = highestFloor(body.x, body.y + STEP_M, body.z, STEP_M, ground);
  if (floor > body.y) body.y = floor;
}

function fall(body: Body, dt_s: number, ground: Ground, gravity_m_s2: number): void {
  body.up_m_s = upwardAfter(body.up_m_s, dt_s, gravity_m_s2);
  const drop = body.up_m_s * dt_s;
  if (drop > 0) return rise(body, drop, ground);
  const reach = -drop + (body.grounded ? SNAP_M : 0);
  const floor = highestFloor(body.x, body.y + STEP_M, body.z, STEP_M + reach, ground);
  if (floor > Number.NEGATIVE_INFINITY) {
    body.y = floor;
    body.up_m_s = 0;
    body.grounded = true;
  } else {
    body.y += drop;
    body.grounded = false;
  }
}

/** The upward speed after `dt_s` seconds; without gravity one who does not rise or sink stays so. */
function upwardAfter(up_m_s: number, dt_s: number, gravity_m_s2: number): number {
  if (gravity_m_s2 < WEIGHTLESS_M_S2) return Math.max(-FALL_MAX_M_S, up_m_s + gravity_m_s2 * dt_s);
  return up_m_s === 0 ? 0 : approach(up_m_s, -SINK_M_S, BRAKE_PER_S, dt_s);
}

function rise(body: Body, by: number, ground: Ground): void {
  body.grounded = false;
  const head = body.y + BODY_TOP_M - BODY_RADIUS_M;
  const stopped = ground.push(out, body.x, head + by, body.z, BODY_RADIUS_M, SWALLOWED_M) && out[1] < -Math.hypot(...out) * STEEP;
  if (stopped) body.up_m_s = -SINK_M_S;
  else body.y += by;
}

function highestFloor(x: number, y: number, z: number, down: number, ground: Ground): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const [dx, dz] of PROBES) highest = Math.max(highest, ground.floorUnder(x + dx, y, z + dz, down, SWALLOWED_M));
  return highest;
}
