/**
 * The other people: where the core has them now, as finely as they can be seen, the nearest with their names. In the
 * lobby's preview nobody is shown but oneself.
 *
 * Runs for everyone in every frame: plain numbers and arrays that are reused, nothing made per person.
 */
import { PLAIN_LOOK } from "../core/avatar_look";
import { MATRIX_FLOATS, tierOf } from "../core/core-types";
import { AVATAR_FLAG, AVATAR_ROW, HAND_ROW } from "../core/generated";
import type { HandName } from "../core/holding";
import { member, text } from "../core/json";
import type { Person } from "../core/people";
import type { Replica } from "../core/replica";
import { newFigure } from "../scene/crowd";
import { composeAhead } from "../scene/guns/carry";
import { LOD } from "../scene/lod";
import { GLOVES } from "../scene/person/measures";
import { JOINTS_FLOATS, PLACE_FLOATS } from "../scene/rig";
import type { Context } from "./context";
import { Sinking, sink } from "./fallen";
import { Known, figureLook } from "./known";
import { mirror } from "./mirror";
import { oneself } from "./oneself";

/** Rows there is room for at first. */
const ROWS_MIN = 64;
/** Tiers with full poses count as near, the one with hands as places as mid, the others as far. */
const NEAR_TIER_MAX = 1;
const MID_TIER_MAX = 2;

export function avatars(context: Context): () => void {
  const { app, core, session, replica, stage, clock, arena, onFrame } = context;
  const reflect = mirror(context);
  const lie = oneself(context);
  const { crowd, tags, view } = stage;
  const known = new Known();
  let rows = new Float32Array(AVATAR_ROW.floats * ROWS_MIN);
  let distances_m = new Float32Array(ROWS_MIN);
  let joints = new Float32Array(HAND_ROW.floats);
  let hands = 0;
  const own = [0, 1].map(() => new Float32Array(PLACE_FLOATS));
  const figure = newFigure(figureLook(PLAIN_LOOK));
  const sinking = new Sinking();
  const aimed = new Float32Array(16);
  onFrame(() => {
    const count = app.visit.inRoom ? takeRows() : 0;
    known.begin();
    crowd.begin(clock.now_ms, clock.dt_s);
    tags.begin(clock.now_ms);
    measure(count);
    for (let row = 0; row < count; row += 1) show(row);
    if (app.visit.inRoom) {
      showOwn();
      lie();
    }
    // The room first: making a whole figure takes longer than its picture.
    else if (stage.drawn > 0) reflect();
    crowd.end();
    if (crowd.alive) stage.murmur();
    tags.end();
  });

  /** Copies the view: asking who someone is may move the core's memory. Returns the number of rows. */
  function takeRows(): number {
    const told = core.avatars();
    if (rows.length < told.length) {
      rows = new Float32Array(told.length * 2);
      distances_m = new Float32Array(rows.length / AVATAR_ROW.floats);
    }
    rows.set(told);
    figure.poses = rows;
    takeHands();
    return Math.floor(told.length / AVATAR_ROW.floats);
  }

  function takeHands(): void {
    const told = core.hands();
    if (joints.length < told.length) joints = new Float32Array(told.length * 2);
    joints.set(told);
    figure.joints = joints;
    hands = Math.floor(told.length / HAND_ROW.floats);
  }

  /** Where someone's joints are, or -1. Those near enough to have any are few. */
  function jointsOf(index: number, right: number): number {
    for (let row = 0; row < hands; row += 1) {
      const at = row * HAND_ROW.floats;
      if (joints[at + HAND_ROW.index] === index && joints[at + HAND_ROW.right] === right) return at + HAND_ROW.points;
    }
    return -1;
  }

  /** One's own hands, which only a headset has. */
  function showOwn(): void {
    const told = core.own_joints();
    for (const [side, hand] of [stage.rig.left, stage.rig.right].entries()) {
      const place = own[side];
      if (!hand.tracked || place === undefined || told.length === 0) continue;
      stage.rig.toRoom(hand.place, place);
      crowd.hands.draw(place, 0, told, side * JOINTS_FLOATS, ...GLOVES);
    }
  }

  /** How far everyone is away; from that follows how many can be drawn finely. */
  function measure(count: number): void {
    const { lods } = crowd;
    const { people } = clock;
    lods.begin();
    people.near = people.mid = people.far = 0;
    for (let row = 0; row < count; row += 1) {
      const head = row * AVATAR_ROW.floats + AVATAR_ROW.head;
      const x = (rows[head] ?? 0) - view.x;
      const y = (rows[head + 1] ?? 0) - view.y;
      const z = (rows[head + 2] ?? 0) - view.z;
      const distance_m = Math.sqrt(x * x + y * y + z * z);
      distances_m[row] = distance_m;
      const tier = tierOf(rows[row * AVATAR_ROW.floats + AVATAR_ROW.flags] ?? 0);
      lods.count(distance_m, tier);
      if (tier <= NEAR_TIER_MAX) people.near += 1;
      else if (tier <= MID_TIER_MAX) people.mid += 1;
      else people.far += 1;
    }
    lods.settle();
  }

  function show(row: number): void {
    const at = row * AVATAR_ROW.floats;
    const index = rows[at + AVATAR_ROW.index] ?? -1;
    const person = session.personAt(index);
    if (person === undefined || person.self) return;
    if (known.meet(index, person, clock.now_ms)) crowd.forget(index);
    const distance_m = distances_m[row] ?? 0;
    const said = ((rows[at + AVATAR_ROW.flags] ?? 0) & AVATAR_FLAG.speaking) !== 0;
    const heard = said || app.voice.heard$.value.has(person.user_id);
    const speaking = known.isSpeaking(index, heard && !person.dead, clock.now_ms);
    fill(at, index, person, distance_m, speaking);
    if (!crowd.draw(figure) || distance_m > tags.reach_m) return;
    const head = at + AVATAR_ROW.head;
    tags.see(index, person, speaking, rows[head] ?? 0, rows[head + 1] ?? 0, rows[head + 2] ?? 0, distance_m);
  }

  /** Fills the one figure that is handed to the crowd. */
  function fill(at: number, index: number, person: Person, distance_m: number, speaking: boolean): void {
    const flags = rows[at + AVATAR_ROW.flags] ?? 0;
    const { reduce_motion } = app.preferences.settings$.value;
    figure.index = index;
    figure.head = at + AVATAR_ROW.head;
    figure.left = (flags & AVATAR_FLAG.left) === 0 ? -1 : at + AVATAR_ROW.left;
    figure.right = (flags & AVATAR_FLAG.right) === 0 ? -1 : at + AVATAR_ROW.right;
    figure.left_joints = figure.left < 0 ? -1 : jointsOf(index, 0);
    figure.right_joints = figure.right < 0 ? -1 : jointsOf(index, 1);
    figure.lod = crowd.lods.choose(index, distance_m, tierOf(flags));
    seeHeld(index);
    figure.red = known.colors[3 * index] ?? 1;
    figure.green = known.colors[3 * index + 1] ?? 1;
    figure.blue = known.colors[3 * index + 2] ?? 1;
    figure.away = person.away || (flags & AVATAR_FLAG.away) !== 0;
    figure.look = known.lookAt(index);
    figure.speaking = speaking;
    figure.loudness = app.voice.ears?.loudnessOf(person.user_id);
    figure.idle = !reduce_motion;
    seeSeat(person);
    if (person.dead) layDown(index, rows, at);
    else sinking.share(index, false, clock.now_ms, true);
    figure.age_ms = reduce_motion ? Infinity : clock.now_ms - (known.since_ms[index] ?? 0);
  }

  /** The dead sink down where they fell, faint, and reach for nothing. */
  function layDown(index: number, poses: Float32Array, at: number): void {
    const head = at + AVATAR_ROW.head;
    const floor_y = stage.floorUnder(poses[head] ?? 0, poses[head + 1] ?? 0, poses[head + 2] ?? 0);
    sink(poses, head, floor_y, sinking.share(index, true, clock.now_ms, app.preferences.settings$.value.reduce_motion));
    figure.left = figure.right = figure.left_joints = figure.right_joints = figure.left_thing = figure.right_thing = -1;
    figure.away = true;
  }

  /** Hands that are drawn, and that nothing tracks, reach for what they hold. */
  function seeHeld(index: number): void {
    const near = figure.lod === LOD.near;
    figure.left_thing = near && figure.left < 0 ? heldAt(replica, index, "left") : -1;
    figure.right_thing = near && figure.right < 0 ? heldAt(replica, index, "right") : -1;
    // Read after the last call into the core that may have moved its memory.
    if (figure.left_thing >= 0 || figure.right_thing >= 0) figure.things = figure.right_things = core.matrices();
    // Whoever has a weapon in hand holds it before them.
    if (!near || figure.right >= 0 || !arena.armed.has(index)) return;
    composeAhead(aimed, rows, figure.head);
    figure.right_things = aimed;
    figure.right_thing = 0;
  }

  /** Whoever sits faces where their seat does. */
  function seeSeat({ seat }: Person): void {
    const index = seat === null ? -1 : replica.index(seat);
    figure.seated = index >= 0;
    if (index < 0) return;
    const [x, z] = [core.matrices()[index * MATRIX_FLOATS + 8] ?? 0, core.matrices()[index * MATRIX_FLOATS + 10] ?? 1];
    figure.seat_yaw = Math.atan2(x, z);
  }

  return () => undefined;
}

/** Where the matrix of the thing is that a hand of a person holds, as the room says; -1 for none. */
export function heldAt(replica: Replica, index: number, hand: HandName): number {
  const entity = text(member(replica.record(index)?.components["holding"], hand));
  const thing = entity === undefined ? -1 : replica.index(entity);
  return thing < 0 ? -1 : thing * MATRIX_FLOATS;
}
