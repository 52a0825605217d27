import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { Rig } from "../scene/rig";
import { Solids } from "../scene/solids";
import { EDIT_EVERY_MS } from "../systems/edits";
import { Sockets } from "../systems/sockets";
import { testThings } from "../systems/testing/things";
import type { HeadsetContext } from "./frame";
import { Haptics, TICK } from "./haptics";
import { holding } from "./holding";
import { Pointer } from "./pointer";
import { testRoom } from "./testing/room";

const HALF_M = 0.1;

/** What hands do in a frame: how far left and right of the middle they are, and which of them are closed. */
interface Doing {
  readonly left?: number;
  readonly right?: number;
  readonly closed: "" | "left" | "right" | "both";
  /** Since the frame before; as long as the room is told no other size, unless it says so. */
  readonly after_ms?: number;
}

/** A clay in the right hand, at rest in the middle, and a pebble a metre to the left; both hands are empty otherwise. */
async function scene(components: JsonObject = { two_hand_scalable: true }) {
  const room = testRoom();
  const things = testThings({ clay: { holdable: {}, ...components }, pebble: { holdable: {} } });
  const [rig, pointer, haptics] = [new Rig(), new Pointer(), new Haptics()];
  const felt: number[] = [];
  const hands = [rig.left, rig.right];
  rig.tracked = rig.left.tracked = rig.right.tracked = true;
  rig.left.pulse = (strength) => void felt.push(strength);
  const drawn = new Set<number>();
  const props = {
    half: () => [HALF_M, HALF_M, HALF_M],
    override: (index: number) => void drawn.add(index),
    release: (index: number) => void drawn.delete(index),
  };
  const pointed = { show: () => undefined, hide: () => undefined };
  const stage = { rig, props, pointed, solids: new Solids(), hasPlain: false };
  const clock = { now_ms: 0, changes: [] };
  let step = (): void => undefined;
  const session = { self_id: "ada" };
  const context = { ...room, ...things, stage, clock, pointer, haptics, session, sockets: new Sockets(), onFrame: (run: () => void) => (step = run) };
  const end = holding(context as unknown as HeadsetContext);
  things.put("pebble", [-1, 1, 0]);
  const frame = async ({ left = 0.5, right = 0, closed, after_ms = EDIT_EVERY_MS }: Doing): Promise<void> => {
    clock.now_ms += after_ms;
    things.put("clay", [right, 1, 0]);
    rig.left.place.set([-left, 1, 0]);
    rig.right.place.set([right, 1, 0]);
    for (const [side, hand] of hands.entries()) {
      const is_closed = closed === "both" || closed === (side === 0 ? "left" : "right");
      hand.pressed.set(hand.tracked ? [0, Number(is_closed)] : [-1, -1]);
    }
    pointer.read(rig, rig.right);
    step();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const sent = (name: string) => room.wished.flatMap(([what, payload]) => (what === name ? [payload] : []));
  const scales = () => sent("resize").map(({ scale }) => (scale as readonly number[])[0]);
  await frame({ closed: "" });
  await frame({ closed: "right" });
  room.app.holding.learn({ holding: { right: "clay" } });
  await frame({ closed: "right" });
  felt.length = 0;
  return { ...room, rig, pointer, felt, drawn, frame, sent, scales, end };
}

test("hands that part make what they are both at larger, hands that come together smaller, by how far apart they are", async () => {
  const { frame, sent, scales } = await scene();
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.4, closed: "both" });
  await frame({ left: 0.2, right: 0.1, closed: "both" });
  await frame({ left: 0.05, closed: "both" });
  expect(scales()).toEqual([2, 1.5, 0.25]);
  expect(sent("resize")[0]).toEqual({ entity: "clay", scale: [2, 2, 2] });
});

test("each time begins anew from where the hands are then", async () => {
  const { frame, scales } = await scene({ two_hand_scalable: {}, scale: [3, 3, 3] });
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.2, closed: "right" });
  await frame({ left: 0.1, closed: "both" });
  await frame({ left: 0.2, closed: "both" });
  expect(scales()).toEqual([6]);
});

test("a hand that closes farther away than it takes from, or at a thing that does not allow it, changes nothing", async () => {
  const cases = [
    [undefined, 0.23, false],
    [{}, 0.2, true],
    [{ two_hand_scalable: false }, 0.2, true],
  ] as const;
  for (const [components, left, takes] of cases) {
    const { frame, sent } = await scene(components);
    await frame({ left, closed: "both" });
    await frame({ left: 0.6, closed: "both" });
    expect(sent("resize")).toEqual([]);
    // What it is at, it takes over as before.
    expect(sent("grab").at(-1)?.["hand"]).toBe(takes ? "left" : "right");
  }
});

test("a hand that opens was heard to the last, and feels that it began and ended", async () => {
  const { frame, scales, felt } = await scene();
  await frame({ left: 0.2, closed: "both" });
  expect(felt).toEqual([TICK.strength]);
  await frame({ left: 0.3, closed: "both" });
  for (const left of [0.35, 0.4]) await frame({ left, closed: "both", after_ms: 20 });
  expect(scales()).toEqual([1.5]);
  await frame({ left: 0.5, closed: "right", after_ms: 20 });
  await frame({ left: 0.6, closed: "right" });
  expect(scales()).toEqual([1.5, 2.5]);
  expect(felt).toEqual([TICK.strength, TICK.strength]);
});

test("the hand that scales takes nothing else until it opens and closes again", async () => {
  const { frame, sent } = await scene();
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 1, closed: "both" });
  await frame({ left: 1, closed: "both" });
  expect(sent("grab").length).toBe(1);
  await frame({ left: 1, closed: "right" });
  await frame({ left: 1, closed: "both" });
  expect(sent("grab").at(-1)).toMatchObject({ entity: "pebble", hand: "left" });
});

test("hands that tremble change nothing", async () => {
  const { frame, scales } = await scene();
  await frame({ left: 0.2, closed: "both" });
  for (const left of [0.2005, 0.1995, 0.2008]) await frame({ left, closed: "both" });
  expect(scales()).toEqual([]);
});

test("the hand that holds it lets go into the other, and the last size comes before", async () => {
  const { frame, sent, wished } = await scene();
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.3, closed: "both" });
  await frame({ left: 0.4, closed: "left", after_ms: 20 });
  expect(wished.slice(-3).map(([name]) => name)).toEqual(["resize", "resize", "grab"]);
  expect([sent("grab").at(-1)?.["hand"], sent("release")]).toEqual(["left", []]);
});

test("both hands that open at once let it go, whichever has it", async () => {
  for (const holder of ["left", "right"]) {
    const { app, frame, wished } = await scene();
    app.holding.learn({ holding: { [holder]: "clay" } });
    await frame({ left: 0.2, closed: holder === "left" ? "left" : "right" });
    await frame({ left: 0.2, closed: "both" });
    await frame({ left: 0.3, closed: "both" });
    await frame({ left: 0.3, closed: "" });
    expect(wished.slice(-2).map(([name]) => name)).toEqual(["resize", "release"]);
  }
});

test("the hand that points presses nothing by closing at what the other holds", async () => {
  const { app, pointer, frame } = await scene();
  app.holding.learn({ holding: { left: "clay" } });
  await frame({ left: 0.2, closed: "left" });
  expect(pointer.taken).toBe(false);
  await frame({ left: 0.2, closed: "both" });
  expect(pointer.taken).toBe(true);
});

test("who builds scales nothing with their hands", async () => {
  const { app, frame, sent } = await scene();
  app.building.build$.next(true);
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.4, closed: "both" });
  expect(sent("resize")).toEqual([]);
});

test("when another window moves the visitor, this one scales no more", async () => {
  const { app, frame, scales } = await scene();
  await frame({ left: 0.2, closed: "both" });
  app.visit.driver$.next(false);
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.4, closed: "both" });
  expect(scales()).toEqual([]);
});

test("while a hand is lost the size waits, and goes on from there when it is back", async () => {
  const { rig, frame, scales } = await scene();
  await frame({ left: 0.2, closed: "both" });
  rig.left.tracked = false;
  await frame({ left: 3, closed: "both" });
  expect(scales()).toEqual([]);
  rig.left.tracked = true;
  await frame({ left: 0.3, closed: "both" });
  expect(scales()).toEqual([1.5]);
});

test("what somebody else took is scaled no more", async () => {
  const { app, frame, scales, drawn } = await scene();
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.3, closed: "both" });
  await frame({ left: 0.4, closed: "both", after_ms: 20 });
  app.holding.learn({ holding: {} });
  for (const left of [0.5, 0.6]) await frame({ left, closed: "both" });
  expect([scales(), [...drawn]]).toEqual([[1.5], []]);
});

test("taking the headset off says the last size before the thing is put down", async () => {
  const { frame, wished, drawn, end } = await scene();
  await frame({ left: 0.2, closed: "both" });
  await frame({ left: 0.4, closed: "both" });
  end();
  expect(wished.slice(-2).map(([name]) => name)).toEqual(["resize", "release"]);
  expect([...drawn]).toEqual([]);
});
