import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { Rig } from "../scene/rig";
import { Solids } from "../scene/solids";
import { Sockets } from "../systems/sockets";
import { testThings } from "../systems/testing/things";
import type { HeadsetContext } from "./frame";
import { Haptics, TICK } from "./haptics";
import { holding } from "./holding";
import { Pointer } from "./pointer";
import { testRoom } from "./testing/room";

const FRAME_MS = 14;

/** A right hand with a thing in it; frames are 14 ms. */
async function scene(components: JsonObject) {
  const room = testRoom();
  const things = testThings({ thing: { holdable: {}, ...components } });
  const [rig, pointer, haptics] = [new Rig(), new Pointer(), new Haptics()];
  const felt: number[] = [];
  rig.tracked = rig.right.tracked = rig.right.aims = true;
  rig.right.pulse = (strength) => void felt.push(strength);
  const stage = {
    rig,
    solids: new Solids(),
    hasPlain: false,
    props: { half: () => [0.1, 0.1, 0.1] },
    pointed: { show: () => undefined, hide: () => undefined },
  };
  const clock = { now_ms: 0, changes: [] };
  let step = (): void => undefined;
  const context = {
    ...room,
    ...things,
    ...{ stage, clock, pointer, haptics, session: { self_id: "ada" }, sockets: new Sockets() },
    onFrame: (run: () => void) => (step = run),
  };
  const end = holding(context as unknown as HeadsetContext);
  /** Where the hand is, along x, and how far its trigger and its grip are pressed; whether a panel has its ray. */
  const frame = async (trigger: number, grip: number, x = 0, panel = false): Promise<void> => {
    clock.now_ms += FRAME_MS;
    things.put("thing", [x, 1, 0]);
    rig.right.place.set([x, 1, 0]);
    rig.right.pressed.set([trigger, grip]);
    pointer.read(rig, rig.right);
    if (panel) pointer.take(1);
    step();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const sent = (name: string) => room.wished.flatMap(([what, payload]) => (what === name ? [payload] : []));
  await frame(0, 0);
  await frame(0, 1);
  // Told by the room, as it is after a grab.
  room.app.holding.learn({ holding: { right: "thing" } });
  expect(sent("grab").length).toBe(1);
  for (let at = 0; at < 4; at += 1) await frame(0, 1);
  felt.length = 0;
  return { ...room, rig, pointer, felt, frame, sent, end };
}

/** Swings the hand to the right for 140 ms, and ends where it came. */
async function swing(frame: (trigger: number, grip: number, x: number) => Promise<void>, m_s: number): Promise<number> {
  for (let at = 1; at <= 10; at += 1) await frame(0, 1, (m_s * at * FRAME_MS) / 1_000);
  return (m_s * 11 * FRAME_MS) / 1_000;
}

test("a hand that lets go in a swing throws what flies", async () => {
  for (const [components, thrown] of [[{ body: {} }, true], [{}, false]] as const) {
    const { frame, sent } = await scene(components);
    const x = await swing(frame, 3);
    await frame(0, 0, x);
    const velocity = sent("release")[0]?.["velocity"];
    expect(velocity).toEqual(thrown ? [expect.closeTo(3, 1), 0, 0] : undefined);
  }
});

test("who is turned at once swings nothing", async () => {
  const { rig, frame, sent } = await scene({ body: {} });
  const x = await swing(frame, 3);
  rig.yaw += 0.26;
  await frame(0, 0, x);
  expect(sent("release")[0]).not.toHaveProperty("velocity");
});

test("taking the headset off puts down what the hands hold", async () => {
  const { frame, sent, end } = await scene({ body: {} });
  await swing(frame, 3);
  end();
  expect(sent("release").map((payload) => payload["velocity"])).toEqual([undefined]);
});

test("the trigger of the hand that holds it sets a discrete thing off once a press, and the hand feels it", async () => {
  const { frame, sent, felt } = await scene({ triggerable: {} });
  for (const trigger of [0.65, 0.72, 1, 0.5, 1, 0.3, 0.8]) await frame(trigger, 1);
  expect(sent("trigger")).toEqual([{ entity: "thing" }, { entity: "thing" }]);
  expect(felt).toEqual([TICK.strength, TICK.strength]);
});

test("a continuous thing hears how far the trigger is pulled, and of its end before it is let go of", async () => {
  const { frame, wished, sent, felt } = await scene({ triggerable: { type: "continuous" } });
  for (let at = 0; at < 10; at += 1) await frame(0.5, 1);
  await frame(0.5, 0);
  expect(sent("trigger").map(({ value }) => value)).toEqual([0.5, 0]);
  expect(wished.at(-1)?.[0]).toBe("release");
  expect(felt).toEqual([TICK.strength]);
});

test("a trigger that is pulled takes the ray: nobody sits down by it", async () => {
  const { pointer, frame } = await scene({ triggerable: {} });
  await frame(0.3, 1);
  expect(pointer.taken).toBe(false);
  await frame(0.65, 1);
  expect(pointer.taken).toBe(true);
});

test("a press on a panel is none on what is held, also when the ray leaves it; one that began before goes on", async () => {
  const { frame, sent } = await scene({ triggerable: { type: "continuous" } });
  await frame(1, 1, 0, true);
  await frame(1, 1);
  expect(sent("trigger")).toEqual([]);
  await frame(0, 1);
  await frame(1, 1);
  for (let at = 0; at < 10; at += 1) await frame(1, 1, 0, true);
  expect(sent("trigger").map(({ value }) => value)).toEqual([1]);
});

test("a hand that is lost keeps what it has and stops triggering it", async () => {
  const { rig, frame, sent } = await scene({ triggerable: { type: "continuous" } });
  await frame(1, 1);
  rig.right.tracked = rig.right.aims = false;
  for (let at = 0; at < 10; at += 1) await frame(-1, -1);
  expect(sent("trigger").map(({ value }) => value)).toEqual([1, 0]);
  expect(sent("release")).toEqual([]);
});

test("a hand without a controller holds and triggers nothing", async () => {
  const { rig, frame, sent } = await scene({ triggerable: {} });
  rig.right.jointed = true;
  await frame(1, 1);
  expect(sent("trigger")).toEqual([]);
});

/** A right hand a metre up that points along +Z, with a thing so far ahead of it. */
function pointing(components: JsonObject, ahead_m: number) {
  const room = testRoom();
  const things = testThings({ thing: components });
  const [rig, pointer] = [new Rig(), new Pointer()];
  rig.tracked = rig.right.tracked = rig.right.aims = true;
  rig.right.place.set([0, 1, 0]);
  rig.right.aim.set([0, 1, 0]);
  Object.assign(room.app.viewer, { x: 0, y: 0, z: 0 });
  things.put("thing", [0, 1, ahead_m]);
  const solids = new Solids();
  solids.put(0, "box", 0, [0.1, 0.1, 0.1], true, things.core.matrices(), 0);
  const stage = { rig, solids, hasPlain: false, props: { half: () => [0.1, 0.1, 0.1] }, pointed: { show: () => undefined, hide: () => undefined } };
  const clock = { now_ms: 0, changes: [] };
  let step = (): void => undefined;
  const own = { stage, clock, pointer, haptics: new Haptics(), session: { self_id: "ada" }, sockets: new Sockets() };
  holding({ ...room, ...things, ...own, onFrame: (run: () => void) => (step = run) } as unknown as HeadsetContext);
  const frame = async (trigger: number, grip: number): Promise<void> => {
    clock.now_ms += FRAME_MS;
    rig.right.pressed.set([trigger, grip]);
    pointer.read(rig, rig.right);
    step();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const sent = (name: string) => room.wished.filter(([what]) => what === name).length;
  return { ...room, frame, sent };
}

test("a door that is pointed at opens by the trigger or a squeeze as far as the room lets it, once for each", async () => {
  for (const [ahead_m, times] of [[2.9, 2], [3.6, 0]] as const) {
    const { frame, sent } = pointing({ door: {} }, ahead_m);
    for (const [trigger, grip] of [[0, 0], [1, 0], [1, 0], [0, 0], [0, 1], [0, 1]] as const) await frame(trigger, grip);
    expect(sent("open")).toBe(times);
  }
});

test("what a hand touches is picked up while a game is on; else it takes a squeeze", async () => {
  const { app, frame, sent } = pointing({ collectable: {} }, 0.15);
  for (let at = 0; at < 5; at += 1) await frame(0, 0);
  expect(sent("collect")).toBe(0);
  await frame(0, 1);
  expect(sent("collect")).toBe(1);
  await frame(0, 0);
  app.vitals.follow([{ index: 9, mask: 1, record: { id: "g", version: 1, components: { game: {} } }, fresh: true }]);
  app.vitals.learn({}, 0);
  for (let at = 0; at < 5; at += 1) await frame(0, 0);
  expect(sent("collect")).toBe(2);
});

test("the dead open nothing", async () => {
  const { app, frame, sent } = pointing({ door: {} }, 1);
  app.vitals.learn({ dead: { until: 9 } }, 0);
  for (const grip of [0, 1, 0, 1]) await frame(grip, grip);
  expect(sent("open")).toBe(0);
});
