import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { type MovementRules, NOBODY_FLIES, USUAL_RULES } from "../core/movement_rules";
import { Rig } from "../scene/rig";
import { Solids } from "../scene/solids";
import { settled, testRoom } from "../xr/testing/room";
import type { Context } from "./context";
import { locomotion } from "./locomotion";
import { Worn } from "./worn";

/** Someone at a desk who stands on an empty plain; frames are those of 60 in a second. */
function scene() {
  const room = testRoom();
  const { app } = room;
  const lines: string[] = [];
  app.hud.hud$.subscribe(({ text }) => lines.push(text));
  const rig = new Rig();
  const solids = new Solids();
  const stage = { rig, solids, hasPlain: true, stand: rig.stand.bind(rig) };
  const sticks = { move_x: 0, move_y: 0, look_x: 0, look_y: 0 };
  const keys = { held: new Set<string>(), pressed: new Set<string>(), released: new Set<string>() };
  const input = { ...keys, sticks, look_x: 0, look_y: 0 };
  const clock = { now_ms: 0, dt_s: 1 / 60 };
  let step = (): void => undefined;
  const onFrame = (run: () => void) => void (step = run);
  const session = { place: [0, 1.8, 0, 0, 0, 0, 1] };
  locomotion({ app, session, stage, clock, input, worn: new Worn(), onFrame } as unknown as Context);
  const frames = (count: number, ...held: readonly string[]): void => {
    for (let frame = 0; frame < count; frame += 1) {
      const fresh = frame === 0 ? held.filter((key) => !input.held.has(key)) : [];
      input.held.clear();
      input.pressed.clear();
      for (const key of held) input.held.add(key);
      for (const key of fresh) input.pressed.add(key);
      step();
    }
  };
  const rule = (change: Partial<MovementRules>): void => app.movement.rules$.next({ ...USUAL_RULES, ...change });
  const flies = (): boolean => app.preferences.settings$.value.fly;
  const want = (fly: boolean): void => app.preferences.settings$.next({ ...app.preferences.settings$.value, fly });
  frames(2);
  const teleport = (payload: JsonObject): void => app.events$.next({ event: "user_teleported", payload: { user_id: "ada", ...payload }, seq: 1, at_ms: 0 });
  return { room, app, lines, frames, rule, flies, want, solids, teleport };
}

test("F flies and walks again", () => {
  const { app, lines, frames, flies } = scene();
  frames(1, "KeyF");
  frames(60, "Space");
  expect([flies(), app.viewer.y > 1]).toEqual([true, true]);
  frames(1, "KeyF");
  frames(90);
  expect([flies(), app.viewer.y]).toEqual([false, 0]);
  expect(lines).toEqual(["Flying. Space goes up, X goes down.", "Walking"]);
});

test("where nobody flies F does nothing, and says so once for each time it is pressed", () => {
  const { app, lines, frames, rule, flies } = scene();
  rule({ flying: false });
  frames(30, "KeyF");
  expect([flies(), lines]).toEqual([false, [NOBODY_FLIES]]);
  frames(10);
  expect(app.viewer.y).toBe(0);
});

test("whoever flies when that changes lands, is told once, and walks on when it changes back", () => {
  const { app, lines, frames, rule, flies } = scene();
  frames(1, "KeyF");
  frames(60, "Space");
  lines.length = 0;
  rule({ flying: false });
  frames(120);
  expect([flies(), app.viewer.y, lines]).toEqual([false, 0, [NOBODY_FLIES]]);
  rule({ flying: true });
  frames(30);
  expect(flies()).toBe(false);
});

test("flying that is switched on among the settings, or comes along from another room, ends in the next frame", () => {
  const { app, lines, frames, rule, flies, want } = scene();
  rule({ flying: false });
  want(true);
  frames(30);
  expect([flies(), app.viewer.y, lines]).toEqual([false, 0, [NOBODY_FLIES]]);
});

test("someone lands without gravity, too, and gravity that comes back has them fall", () => {
  const { app, frames, rule } = scene();
  frames(1, "KeyF");
  frames(90, "Space");
  const high = app.viewer.y;
  rule({ flying: false, gravity_m_s2: 0 });
  frames(60);
  expect(high - app.viewer.y).toBeCloseTo(1, 1);
  frames(60 * 8);
  expect(app.viewer.y).toBe(0);
});

test("a jump is as high as the room's gravity lets it be", () => {
  const highest = (gravity_m_s2: number): number => {
    const { app, frames, rule } = scene();
    rule({ gravity_m_s2 });
    frames(1, "Space");
    let high = 0;
    for (let frame = 0; frame < 300; frame += 1) {
      frames(1);
      high = Math.max(high, app.viewer.y);
    }
    return high;
  };
  expect([highest(-9.81), highest(-1.62), highest(0)]).toEqual([expect.closeTo(0.9, 1), expect.closeTo(5.4, 1), expect.closeTo(0.85, 1)]);
});

test("who is taken out of the room, whatever did it, is back where they came in, on the floor that is there now", () => {
  const { app, frames, solids } = scene();
  const matrix = new Float32Array(16);
  matrix.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 6.5, 0, 1]);
  solids.put(1, "box", 0, [20, 0.5, 20], true, matrix, 0);
  for (const [x, y, z] of [[5_000, 0, 0], [0, -300, 0], [NaN, 1, 2]] as const) {
    Object.assign(app.viewer, { x, y, z });
    frames(3);
    expect([app.viewer.x, app.viewer.z]).toEqual([0, 0]);
    expect(app.viewer.y).toBeLessThanOrEqual(7);
    expect(app.viewer.y).toBeGreaterThanOrEqual(0);
  }
});

test("whom a rule sends elsewhere is there in the next frame, as one who jumped, and looks where it says or as before", () => {
  const { app, frames, teleport } = scene();
  app.viewer.yaw = 0.5;
  app.viewer.jumped = false;
  teleport({ position: [5, 0, 7] });
  frames(1);
  expect([app.viewer.x, app.viewer.y, app.viewer.z, app.viewer.jumped]).toEqual([5, 0, 7, true]);
  expect(app.viewer.yaw).toBeCloseTo(0.5);
  teleport({ position: [1, 0, 2], rotation: [0, 1, 0, 0] });
  frames(1);
  expect([app.viewer.x, app.viewer.z]).toEqual([1, 2]);
  expect(Math.abs(app.viewer.yaw)).toBeCloseTo(Math.PI);
});

test("a rule sends nobody into the floor", () => {
  const { app, frames, solids, teleport } = scene();
  const matrix = new Float32Array(16);
  matrix.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 0.25, 0, 1]);
  solids.put(1, "box", 0, [2, 0.25, 2], true, matrix, 0);
  teleport({ position: [5, 0, 0] });
  frames(1);
  expect(app.viewer.y).toBeCloseTo(0.5, 1);
});

test("where others are sent is nothing to us, and so is a place that is none", () => {
  const { app, frames, teleport } = scene();
  teleport({ user_id: "ben", position: [5, 0, 7] });
  teleport({ position: [5, 0] });
  frames(2);
  expect([app.viewer.x, app.viewer.z]).toEqual([0, 0]);
});

test("who sits stands up first; who may not stays", async () => {
  const { room, app, frames, teleport } = scene();
  app.seating.seat$.next("stool");
  teleport({ position: [5, 0, 7] });
  frames(5);
  expect([app.viewer.x, room.wished]).toEqual([0, [["stand", {}]]]);
  app.seating.seat$.next(null);
  frames(1);
  expect([app.viewer.x, app.viewer.z]).toEqual([5, 7]);

  app.seating.seat$.next("stool");
  room.answer = () => ({ ok: false, reason: "denied", detail: "" });
  teleport({ position: [1, 0, 1] });
  frames(1);
  await settled();
  app.seating.seat$.next(null);
  frames(2);
  expect([app.viewer.x, app.viewer.z]).toEqual([5, 7]);
});

test("where another tab moves the avatar it is that one that goes", () => {
  const { app, frames, teleport } = scene();
  app.visit.driver$.next(false);
  teleport({ position: [5, 0, 7] });
  frames(1);
  app.visit.driver$.next(true);
  frames(1);
  expect(app.viewer.x).toBe(0);
});

test("the dead lie where they fell, and are back where the room says", () => {
  const { app, frames } = scene();
  app.vitals.learn({ dead: { until: 5_000 } }, 0);
  const { x, z } = app.viewer;
  frames(30, "KeyW");
  expect([app.viewer.x, app.viewer.z]).toEqual([x, z]);
  app.vitals.learn({}, 6_000);
  app.events$.next({ event: "user_respawned", payload: { user_id: "ada", position: [3, 0, 4] }, seq: 2, at_ms: 0 });
  frames(1);
  expect([app.viewer.x, app.viewer.z]).toEqual([3, 4]);
});

test("whoever is where the room says they cannot have gone is where they were", () => {
  const { app, frames } = scene();
  app.events$.next({ event: "user_moved_back", payload: { user_id: "ben", position: [9, 0, 9] }, seq: 2, at_ms: 0 });
  frames(1);
  expect([app.viewer.x, app.viewer.z]).not.toEqual([9, 9]);
  app.events$.next({ event: "user_moved_back", payload: { user_id: "ada", position: [1, 0, 2] }, seq: 3, at_ms: 0 });
  frames(1);
  expect([app.viewer.x, app.viewer.z]).toEqual([1, 2]);
});
