import { expect, test } from "vitest";
import { HEADSET_DEFAULTS, type HeadsetSettings } from "../core/headset_settings";
import type { Memory } from "../core/memory";
import { USUAL_RULES } from "../core/movement_rules";
import type { Page } from "../core/page";
import { RoomApp } from "../core/room-app";
import { HEAD_HEIGHT_M, lookQuaternion } from "../core/viewer";
import { PLACE_FLOATS, Rig } from "../scene/rig";
import { Solids } from "../scene/solids";
import type { Body } from "../systems/body";
import { Worn } from "../systems/worn";
import { Comfort } from "./comfort";
import type { HeadsetContext } from "./frame";
import { Haptics } from "./haptics";
import { moving } from "./moving";
import { Pointer } from "./pointer";
import { Push } from "./push";

const FRAME_S = 1 / 72;
const FORGETFUL: Memory = { getItem: () => null, setItem: () => undefined };
const close = (numbers: readonly number[]) => numbers.map((each) => expect.closeTo(each, 3));

/** Someone who stands on an empty plain at x = 10 with a headset at a height, half a metre from the middle of their play space. */
function wearing(height = 1.6, headset: Partial<HeadsetSettings> = {}) {
  const app = new RoomApp({ room: {} } as unknown as Page, FORGETFUL, 0, false);
  const set = (change: Partial<HeadsetSettings>, fly = false) => {
    const settings = app.preferences.settings$.value;
    app.preferences.settings$.next({ ...settings, fly, headset: { ...settings.headset, ...change } });
  };
  set({ ...HEADSET_DEFAULTS, ...headset });
  const [rig, worn, comfort, pointer, push] = [new Rig(), new Worn(), new Comfort(), new Pointer(), new Push()];
  const stage = { rig, solids: new Solids(), hasPlain: true, stand: rig.stand.bind(rig) };
  const clock = { now_ms: 0, dt_s: FRAME_S };
  moving({ app, stage, clock, worn, pointer, push, comfort, haptics: new Haptics() } as unknown as HeadsetContext);
  rig.tracked = true;
  const head = (x: number, y: number, z: number, yaw = 0, pitch = 0) => rig.head.set([x, y, z, ...lookQuaternion(yaw, pitch)]);
  head(0.5, height, 0);
  const body: Body = { x: 10, y: 0, z: 0, up_m_s: 0, grounded: true };
  const frames = (count: number) => {
    for (let frame = 0; frame < count; frame += 1) {
      pointer.read(rig, rig[app.preferences.settings$.value.headset.dominant]);
      push.read(pointer.hand?.stick);
      worn.mover?.step(body);
      worn.mover?.show(body);
    }
    return [...rig.toRoom(rig.head, new Float32Array(PLACE_FLOATS)).subarray(0, 3)];
  };
  worn.mover?.placed(body, 0);
  frames(1);
  return { app, rig, worn, comfort, body, head, frames, set };
}

test("the head is over the body at its own height, and real steps take the body along", () => {
  const { body, head, frames } = wearing(1.6);
  expect(frames(1)).toEqual(close([10, 1.6, 0]));
  head(0.9, 1.4, 0.3);
  expect(frames(1)).toEqual(close([10.4, 1.4, 0.3]));
  expect([body.x, body.z]).toEqual(close([10.4, 0.3]));
});

test("the stick walks where the head looks and takes the play space along", () => {
  const { app, rig, body, head, frames } = wearing(1.6);
  head(0.5, 1.6, 0, Math.PI / 2, 0.3);
  frames(1);
  rig.left.stick[1] = 1;
  const [x = 0, , z = 0] = frames(72);
  expect(x - 10).toBeCloseTo(HEADSET_DEFAULTS.move_speed, 0);
  expect([z, body.x, body.z]).toEqual(close([0, x, 0]));
  expect(app.viewer.yaw).toBeCloseTo(Math.PI / 2, 3);
});

test("who is left-handed walks with the right stick", () => {
  const { rig, frames } = wearing(1.6, { dominant: "left" });
  rig.right.stick[1] = 1;
  expect(frames(36)[2]).toBeGreaterThan(0.5);
  rig.right.stick[1] = 0;
  rig.left.stick[1] = 1;
  const [, , from = 0] = frames(36);
  expect(frames(36)[2]).toBeCloseTo(from, 2);
});

test("one push turns by one step about the head, smooth turning by its speed and behind a narrower view", () => {
  const { app, rig, comfort, frames, set } = wearing(1.6, { snap_degrees: 45 });
  rig.right.stick[0] = 1;
  expect(frames(30)).toEqual(close([10, 1.6, 0]));
  expect(app.viewer.yaw).toBeCloseTo(Math.PI / 4, 3);
  expect(comfort.motion).toBe(0);
  rig.right.stick[0] = 0;
  frames(2);
  set({ turn: "smooth", turn_speed: 90 });
  rig.right.stick[0] = -0.5;
  expect(frames(72)).toEqual(close([10, 1.6, 0]));
  expect(app.viewer.yaw).toBeCloseTo(0, 2);
  expect(comfort.motion).toBeCloseTo(0.5);
});

test("flying goes where the head looks, faster with the trigger of the walking hand", () => {
  const rise = (trigger: number) => {
    const { rig, head, frames, set } = wearing(1.6);
    set({}, true);
    head(0.5, 1.6, 0, 0, -0.5);
    rig.left.stick[1] = 1;
    rig.left.pressed[0] = trigger;
    return (frames(72)[1] ?? 0) - 1.6;
  };
  expect(rise(0)).toBeGreaterThan(0.5);
  expect(rise(1) / rise(0)).toBeCloseTo(2, 1);
});

test("who sits at home stands here, and may still duck", () => {
  const { head, frames, set } = wearing(1.15);
  set({ seated: true });
  expect(frames(1)[1]).toBeCloseTo(HEAD_HEIGHT_M);
  head(0.5, 0.85, 0);
  expect(frames(1)[1]).toBeCloseTo(HEAD_HEIGHT_M - 0.3);
  set({ seated: false });
  expect(frames(1)[1]).toBeCloseTo(0.85);
});

test("on a seat the head is at the seat's height, leans, and goes along with a seat that moves", () => {
  const { app, worn, body, head, frames } = wearing(1.6);
  app.seating.seat$.next("stool");
  Object.assign(body, { x: 3, y: -0.8, z: 4, grounded: false });
  worn.mover?.placed(body, 0);
  expect(frames(1)).toEqual(close([3, HEAD_HEIGHT_M - 0.8, 4]));
  head(0.7, 1.5, 0);
  expect(frames(1)).toEqual(close([3.2, HEAD_HEIGHT_M - 0.9, 4]));
  body.x += 1;
  worn.mover?.placed(body, 0);
  expect(frames(1)).toEqual(close([4.2, HEAD_HEIGHT_M - 0.9, 4]));
  expect(body.x).toBe(4);
});

test("a headset whose middle is put elsewhere moves nobody and turns nobody", () => {
  const { app, rig, body, head, frames } = wearing(1.6);
  head(0, 1.6, 0, 1.2);
  rig.recentred = true;
  expect(frames(1)).toEqual(close([10, 1.6, 0]));
  expect(app.viewer.yaw).toBeCloseTo(0, 3);
  expect([body.x, body.z]).toEqual(close([10, 0]));
});

test("one falls as the room's gravity has it, and where there is none stays over an edge", () => {
  const falls = (gravity_m_s2: number): number => {
    const { app, body, frames } = wearing(1.6);
    app.movement.rules$.next({ ...USUAL_RULES, gravity_m_s2 });
    body.y = 9;
    return 9 + 1.6 - (frames(72)[1] ?? 0);
  };
  expect([-9.81, -1.62, 0].map(falls)).toEqual([expect.closeTo(4.9, 0), expect.closeTo(0.8, 1), expect.closeTo(0)]);
});

test("a fall, and being moved, narrow the view; real steps do not", () => {
  const { rig, comfort, body, head, frames } = wearing(1.6);
  head(0.6, 1.6, 0);
  frames(1);
  expect(comfort.motion).toBe(0);
  rig.left.stick[1] = 1;
  frames(30);
  expect(comfort.motion).toBeGreaterThan(0.9);
  rig.left.stick[1] = 0;
  frames(60);
  expect(comfort.motion).toBeLessThan(0.05);
  body.y = 9;
  frames(40);
  expect(comfort.motion).toBe(1);
});

test("who is sent elsewhere goes behind a blink, lands under the own head, and sees again", () => {
  const { worn, body, comfort, frames } = wearing(1.6);
  const { mover } = worn;
  let asked = 0;
  for (; mover?.leaves() === false && asked < 60; asked += 1) {
    frames(1);
    comfort.advance("weak", FRAME_S);
  }
  expect(asked).toBeGreaterThan(2);
  expect(comfort.darkness).toBe(1);
  Object.assign(body, { x: 5, z: 7 });
  mover?.placed(body, 0);
  expect(frames(1)).toEqual(close([5, 1.6, 7]));
  for (let frame = 0; frame < 30; frame += 1) {
    frames(1);
    comfort.advance("weak", FRAME_S);
  }
  expect(comfort.darkness).toBe(0);
});

test("who need not go after all sees again, too", () => {
  const { worn, comfort, frames } = wearing(1.6);
  worn.mover?.leaves();
  for (let frame = 0; frame < 30; frame += 1) {
    frames(1);
    comfort.advance("weak", FRAME_S);
  }
  expect(comfort.darkness).toBe(0);
});
