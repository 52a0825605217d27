import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { Rig } from "../scene/rig";
import { Solids } from "../scene/solids";
import { testRoom } from "../xr/testing/room";
import type { Context, Input } from "./context";
import { Sockets } from "./sockets";
import { testThings } from "./testing/things";
import { use } from "./use";

type Key = "KeyF" | "KeyG" | "ShiftLeft" | "Space";
/** What hands do in a frame; `look` is where the thing before the eyes is then, metres to the right. */
interface Doing {
  readonly down?: readonly Key[];
  readonly click?: boolean;
  readonly flick?: Input["flick"];
  /** Below 0 away from the visitor, 100 a notch. */
  readonly wheel?: number;
  readonly look?: number;
}

const MIDDLE = { x: 0, y: 0 };
const FLIES = { holdable: {}, body: { motion: "dynamic" } };

/** A desk with one thing two metres before the eyes, in the middle of the picture; frames are 20 ms. */
function scene(components: JsonObject) {
  const room = testRoom();
  const things = testThings({ thing: components });
  const solids = new Solids();
  const marks = { framed: false };
  const stage = {
    rig: new Rig(),
    solids,
    hasPlain: false,
    sight: () => ({ origin: [0, 1.8, 0], direction: [0, 0, 1] }),
    pointed: { show: () => (marks.framed = true), hide: () => (marks.framed = false) },
    props: { half: () => [0.1, 0.1, 0.1], override: () => undefined, release: () => undefined },
  };
  const sets = { held: new Set<string>(), pressed: new Set<string>(), released: new Set<string>() };
  const input = {
    ...sets,
    take: (key: string) => void (sets.held.delete(key), sets.pressed.delete(key)),
    look_x: 0,
    look_y: 0,
    wheel: 0,
    click: undefined as Input["click"],
    flick: undefined as Input["flick"],
    pointer: MIDDLE as Input["pointer"],
  };
  const clock = { now_ms: 0 };
  Object.assign(room.app.viewer, { yaw: 0, pitch: 0 });
  let step = (): void => undefined;
  const onFrame = (run: () => void) => (step = run);
  const context = { ...room, ...things, stage, clock, input, session: { self_id: "ada" }, sockets: new Sockets(), onFrame };
  use(context as unknown as Context);
  let before: readonly Key[] = [];
  const frame = async ({ down = [], click = false, flick, wheel = 0, look = 0 }: Doing = {}): Promise<void> => {
    clock.now_ms += 20;
    things.put("thing", [look, 1.8, 2]);
    solids.put(0, "box", 0, [0.1, 0.1, 0.1], true, things.core.matrices(), 0);
    for (const keys of Object.values(sets)) keys.clear();
    for (const key of down) sets.held.add(key);
    for (const key of down) if (!before.includes(key)) sets.pressed.add(key);
    for (const key of before) if (!down.includes(key)) sets.released.add(key);
    [input.click, input.flick, input.wheel, before] = [click ? MIDDLE : undefined, flick, wheel, down];
    step();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const frames = async (count: number, doing: Doing = {}): Promise<void> => {
    for (let at = 0; at < count; at += 1) await frame(doing);
  };
  /** What was sent of a kind. */
  const sent = (name: string) => room.wished.flatMap(([what, payload]) => (what === name ? [payload] : []));
  const take = async (): Promise<void> => {
    await frame({ click: true });
    room.app.holding.held$.next({ left: null, right: "thing" });
    // So the room tells it from here on.
    room.app.holding.learn = () => undefined;
    await frame();
  };
  const hint = () => room.app.building.hint$.value;
  return { ...room, input, marks, frame, frames, sent, take, hint };
}

const velocityOf = (payload: JsonObject | undefined) => payload?.["velocity"] as readonly number[] | undefined;

test("what is pointed at says what a click does, and that Space uses it", async () => {
  const cases = [
    [{ triggerable: {} }, "Use it (Space)"],
    [{ holdable: {}, triggerable: {} }, "Take it, or use it (Space)"],
    [{ holdable: {} }, "Take it"],
  ] as const;
  for (const [components, words] of cases) {
    const { frames, hint } = scene(components);
    await frames(8);
    expect(hint()).toBe(words);
  }
});

test("F throws what is held along the view when it is let go of, and shows how far", async () => {
  const { take, frame, frames, sent, hint } = scene(FLIES);
  await take();
  await frames(50, { down: ["KeyF"] });
  expect([hint(), sent("release")]).toEqual(["Throw: ▮▮▮▮", []]);
  await frame();
  const [x, y, z] = velocityOf(sent("release")[0]) ?? [];
  expect([x, y, z]).toEqual([0, expect.closeTo(12 * Math.sin(Math.PI / 18), 1), expect.closeTo(12 * Math.cos(Math.PI / 18), 1)]);
  expect(hint()).toBe("");
});

test("F is left to flying where nothing that flies is held", async () => {
  const { take, frame, input, sent } = scene({ holdable: {} });
  await frame({ down: ["KeyF"] });
  expect(input.pressed.has("KeyF")).toBe(true);
  await frame();
  await take();
  await frame({ down: ["KeyF"] });
  expect(input.pressed.has("KeyF")).toBe(true);
  await frame();
  expect(sent("release")).toEqual([]);
});

test("a click or G puts down what rests, and throws what is swung", async () => {
  for (const [doing, speed] of [[{ click: true }, 0], [{ down: ["KeyG"] }, 0], [{ down: ["KeyG"] }, 5]] as const) {
    const { take, frame, sent } = scene(FLIES);
    await take();
    for (let at = 1; at < 10; at += 1) await frame({ look: speed * at * 0.02 });
    await frame({ ...doing, look: speed * 0.2 });
    expect(velocityOf(sent("release")[0])?.[0]).toEqual(speed === 0 ? undefined : expect.closeTo(speed, 1));
    expect(sent("release").length).toBe(1);
  }
});

test("a finger that flicks the thing it holds throws it, one that flicks beside it does not", async () => {
  const flick = { ...MIDDLE, right_px_s: 0, down_px_s: -2_800 };
  const { take, frame, sent } = scene(FLIES);
  await take();
  await frame({ flick, look: 1 });
  expect(sent("release")).toEqual([]);
  await frame({ flick });
  expect(velocityOf(sent("release")[0])?.[2]).toBeCloseTo(9.6);
});

test("Space triggers what is held, and does not jump meanwhile", async () => {
  const { take, frame, frames, input, sent } = scene({ holdable: {}, triggerable: { type: "continuous" } });
  await take();
  await frames(4, { down: ["Space"] });
  expect([input.held.has("Space"), input.pressed.has("Space")]).toEqual([false, false]);
  await frames(10);
  expect(sent("trigger")).toEqual([{ entity: "thing", value: 1 }, { entity: "thing", value: 0 }]);
  await frame({ down: ["Space"] });
  expect(sent("trigger").length).toBe(3);
});

test("what is let go of while Space is down is told before", async () => {
  const { take, frame, frames, wished, input } = scene({ holdable: {}, triggerable: { type: "continuous" } });
  await take();
  await frame({ down: ["Space"] });
  await frame({ down: ["Space", "KeyG"] });
  expect(wished.slice(-2).map(([name, { value }]) => [name, value])).toEqual([["trigger", 0], ["release", undefined]]);
  const before = wished.length;
  await frames(10, { down: ["Space"] });
  expect([wished.length, input.held.has("Space")]).toEqual([before, false]);
});

test("Space triggers what is pointed at once a press, and jumps where there is nothing to trigger", async () => {
  const { frame, frames, input, sent } = scene({ triggerable: {} });
  await frames(5, { down: ["Space"] });
  expect([sent("trigger"), input.held.has("Space")]).toEqual([[{ entity: "thing" }], false]);
  await frame();
  await frames(2, { down: ["Space"] });
  expect(sent("trigger").length).toBe(2);

  const plain = scene({ holdable: {} });
  await plain.frames(2, { down: ["Space"] });
  expect([plain.sent("trigger"), plain.input.held.has("Space")]).toEqual([[], true]);
});

test("Space that is down already goes on rising past things that can be triggered", async () => {
  const { frame, frames, input, sent } = scene({ triggerable: {} });
  input.pointer = undefined;
  await frame({ down: ["Space"] });
  input.pointer = MIDDLE;
  await frames(3, { down: ["Space"] });
  expect([sent("trigger"), input.held.has("Space")]).toEqual([[], true]);
});

test("a click triggers what can only be triggered: once, or for a moment", async () => {
  const once = scene({ triggerable: {} });
  await once.frame({ click: true });
  await once.frames(10);
  expect(once.sent("trigger")).toEqual([{ entity: "thing" }]);

  const moment = scene({ triggerable: { type: "continuous" } });
  await moment.frame({ click: true });
  await moment.frames(3);
  expect(moment.sent("trigger").length).toBe(1);
  await moment.frames(10);
  expect(moment.sent("trigger")).toEqual([{ entity: "thing", value: 1 }, { entity: "thing", value: 0 }]);
});

test("with Shift a notch of the wheel makes what may be scaled a tenth larger or smaller, and brings it no nearer", async () => {
  const { take, frame, frames, sent } = scene({ holdable: {}, two_hand_scalable: true });
  await take();
  for (const wheel of [-100, 100]) await frame({ down: ["ShiftLeft"], wheel });
  await frames(5);
  expect(sent("resize").map(({ scale }) => scale)).toEqual([1.1, 0.9091].map((size) => [size, size, size]));
  expect(sent("grab").length).toBe(1);
});

test("the wheel alone, or at what may not be scaled, changes how far away it is held", async () => {
  const cases = [
    [{ two_hand_scalable: true }, []],
    [{}, ["ShiftLeft"]],
    [{ two_hand_scalable: false }, ["ShiftLeft"]],
  ] as const;
  for (const [components, down] of cases) {
    const { take, frame, frames, sent } = scene({ holdable: {}, ...components });
    await take();
    await frames(5);
    await frame({ down, wheel: 100 });
    expect([sent("grab").length, sent("resize")]).toEqual([2, []]);
  }
});

test("what is put down was told its last size before", async () => {
  const { take, frame, wished } = scene({ holdable: {}, two_hand_scalable: true });
  await take();
  for (const wheel of [-100, -200]) await frame({ down: ["ShiftLeft"], wheel });
  await frame({ down: ["KeyG"] });
  expect(wished.slice(-3).map(([name, { scale }]) => [name, (scale as readonly number[] | undefined)?.[0]])).toEqual([
    ["resize", 1.1],
    ["resize", 1.21],
    ["release", undefined],
  ]);
});

test("how a thing is scaled is said of those alone that can be", async () => {
  for (const two_hand_scalable of [true, false]) {
    const { app, take, frames } = scene({ holdable: {}, two_hand_scalable });
    const lines: string[] = [];
    app.hud.hud$.subscribe(({ text }) => lines.push(text));
    await take();
    await frames(2);
    expect(/Shift and the wheel/.test(lines.join())).toBe(two_hand_scalable);
  }
});

test("how a thing is used is said once", async () => {
  const { app, take, frames } = scene({ ...FLIES, triggerable: {} });
  const lines: string[] = [];
  app.hud.hud$.subscribe(({ text }) => lines.push(text));
  await take();
  await frames(5);
  expect(lines.length).toBe(1);
  expect(lines[0]).toMatch(/G puts it down.*F and let go.*Space uses it/);
});

/** The same, for who stands before the thing. */
function standing(components: JsonObject) {
  const there = scene(components);
  Object.assign(there.app.viewer, { x: 0, y: 0, z: 0 });
  return there;
}

test("a thing of a game is framed and named as far as it can be reached from one's body, and a click or Space does it", async () => {
  const cases = [
    [{ door: {} }, "Open it", "open"],
    [{ door: {}, door_state: "open" }, "Close it", "close"],
    [{ collectable: {} }, "Pick it up", "collect"],
  ] as const;
  for (const [components, words, command] of cases) {
    const { frames, frame, hint, marks, sent } = standing(components);
    await frames(8);
    expect([hint(), marks.framed]).toEqual([words, true]);
    await frame({ click: true });
    await frame({ down: ["Space"] });
    await frame({ down: ["Space"] });
    expect(sent(command)).toEqual([{ entity: "thing" }, { entity: "thing" }]);
    await frames(8, { look: 5 });
    expect([hint(), marks.framed]).toEqual(["", false]);
  }
});

test("what is too far from one's body is neither named nor done, although the eye meets it", async () => {
  const { app, frames, frame, hint, sent } = standing({ door: {} });
  app.viewer.z = -1.5;
  await frames(8);
  await frame({ click: true });
  await frame({ down: ["Space"] });
  expect([hint(), sent("open")]).toEqual(["", []]);
});

test("Space that opens something makes nobody jump until it is let go of; elsewhere it does", async () => {
  const { input, frame } = standing({ door: {} });
  for (let at = 0; at < 3; at += 1) {
    await frame({ down: ["Space"] });
    expect([input.held.has("Space"), input.pressed.has("Space")]).toEqual([false, false]);
  }
  await frame({ look: 5 });
  await frame({ down: ["Space"], look: 5 });
  expect(input.held.has("Space")).toBe(true);
});

test("the dead use nothing, and nothing is offered to them", async () => {
  const { app, frames, frame, hint, wished } = standing({ door: {}, triggerable: {} });
  await frames(8);
  app.vitals.learn({ dead: { until: 9_000 } }, 0);
  await frames(8);
  expect(hint()).toBe("");
  await frame({ click: true });
  await frame({ down: ["Space"] });
  expect(wished).toEqual([]);
});
