import { BehaviorSubject } from "rxjs";
import { expect, test } from "vitest";
import { AVATAR_FLAG, AVATAR_ROW } from "../core/generated";
import { Rig } from "../scene/rig";
import type { Context } from "./context";
import { voices } from "./voices";

type Put = readonly [user_id: string, x: number, y: number, z: number];

/** A room with people at places, some of whom speak, and a visitor who hears some. */
function bench(people: readonly { readonly id: string; readonly at: readonly [number, number, number]; readonly speaks?: boolean }[], carried: readonly string[]) {
  const rows = new Float32Array(AVATAR_ROW.floats * people.length);
  people.forEach(({ at, speaks = false }, index) => {
    const row = index * AVATAR_ROW.floats;
    rows[row + AVATAR_ROW.index] = index;
    rows[row + AVATAR_ROW.flags] = speaks ? AVATAR_FLAG.speaking : 0;
    rows.set(at, row + AVATAR_ROW.head);
  });
  const put: Put[] = [];
  const listened: number[][] = [];
  const loads = { count: 0 };
  const voice = {
    ears: {
      carries: (id: string) => carried.includes(id),
      put: (...all: Put) => void put.push(all),
      listen: (place: Float32Array) => void listened.push([...place]),
    },
    heard$: new BehaviorSubject<ReadonlySet<string>>(new Set()),
    speakers$: new BehaviorSubject<ReadonlySet<string>>(new Set()),
    speaking$: new BehaviorSubject(false),
    load: async () => void (loads.count += 1),
  };
  const visit = { inRoom: true, loading$: new BehaviorSubject<null | object>(null) };
  const rig = new Rig();
  rig.stand(1, 0, 2, 0);
  rig.hold(1.5, 0);
  const clock = { now_ms: 0 };
  const steps: (() => void)[] = [];
  const context = {
    app: { voice, visit, user_id: "me" },
    core: { avatars: () => rows },
    session: { personAt: (index: number) => (people[index] === undefined ? undefined : { user_id: people[index].id }) },
    stage: { rig },
    clock,
    onFrame: (step: () => void) => void steps.push(step),
  } as unknown as Context;
  voices(context);
  const frame = (now_ms: number): void => {
    clock.now_ms = now_ms;
    for (const step of steps) step();
  };
  return { put, listened, loads, voice, visit, frame };
}

test("whose voice comes is heard from where their head is; nobody else is told of", () => {
  const { put, listened, frame } = bench([{ id: "ben", at: [3, 1.5, 4] }, { id: "cleo", at: [9, 1.5, 9] }], ["ben"]);
  frame(0);
  expect(put).toEqual([["ben", 3, 1.5, 4]]);
  expect(listened).toEqual([[1, 1.5, 2, 0, 0, 0, 1]]);
  frame(50);
  expect(put).toHaveLength(1);
  frame(110);
  expect(put).toHaveLength(2);
});

test("those who speak are those one hears, those of whom the room says so, and oneself", () => {
  const { voice, frame } = bench([{ id: "ben", at: [0, 0, 0], speaks: true }, { id: "cleo", at: [0, 0, 0] }, { id: "dan", at: [0, 0, 0] }], []);
  voice.heard$.next(new Set(["cleo"]));
  voice.speaking$.next(true);
  frame(0);
  expect([...voice.speakers$.value].sort()).toEqual(["ben", "cleo", "me"]);
  const before = voice.speakers$.value;
  frame(400);
  expect(voice.speakers$.value).toBe(before);
});

test("what carries voices is loaded once, inside, when the room is seen", () => {
  const { loads, visit, frame } = bench([], []);
  visit.inRoom = false;
  frame(0);
  visit.inRoom = true;
  visit.loading$.next({});
  frame(10);
  expect(loads.count).toBe(0);
  visit.loading$.next(null);
  frame(20);
  frame(30);
  expect(loads.count).toBe(1);
});
