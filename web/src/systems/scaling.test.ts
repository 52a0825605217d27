import { expect, test } from "vitest";
import type { Reply } from "../core/commands";
import { Holding } from "../core/holding";
import type { JsonObject } from "../core/json";
import type { Wishes } from "../core/wishes";
import { Scaling, isScalable, scaledBy } from "./scaling";
import { EDIT_EVERY_MS } from "./edits";
import { testThings } from "./testing/things";

const OK: Reply = { ok: true, response: {} };
const NO: Reply = { ok: false, reason: "not_held", detail: "" };

/** A clay of 1 × 2 × 1 and a cube without a size of its own; commands wait for their answers. */
function scene() {
  const told: { [id: string]: JsonObject } = { clay: { scale: [1, 2, 1] }, cube: {} };
  const things = testThings(told);
  const wished: JsonObject[] = [];
  const answers: ((reply: Reply) => void)[] = [];
  const command = (_name: string, payload: JsonObject) => {
    wished.push(payload);
    return new Promise<Reply>((resolve) => answers.push(resolve));
  };
  /** By index, how many times as high as the room has it a thing is drawn. */
  const drawn = new Map<number, number>();
  const props = {
    override: (index: number, matrix: Float32Array) => void drawn.set(index, matrix[5] ?? 0),
    release: (index: number) => void drawn.delete(index),
  };
  const scaling = new Scaling(things.core, things.replica, new Holding({ command } as unknown as Wishes), props);
  /** Answers what was asked, or the first so many. */
  const answer = (reply: Reply = OK, count = answers.length): Promise<void> => {
    for (const resolve of answers.splice(0, count)) resolve(reply);
    return new Promise((resolve) => setTimeout(resolve));
  };
  const scales = () => wished.map(({ scale }) => scale);
  return { scaling, wished, scales, drawn, answer };
}

test("a thing becomes larger on all axes alike, no smaller and no larger than the room lets it", () => {
  expect(scaledBy([1, 2, 1], 1.5)).toEqual([1.5, 3, 1.5]);
  expect(scaledBy([1, 2, 1], 0.25)).toEqual([0.25, 0.5, 0.25]);
  expect(scaledBy([1, 2, 1], 100)).toEqual([10, 20, 10]);
  expect(scaledBy([1, 2, 1], 0)).toEqual([0.05, 0.1, 0.05]);
});

test("what is larger than the room lets anything become, flat or mirrored is brought into its limits", () => {
  expect(scaledBy([40, 1, 1], 1)).toEqual([20, 1, 1]);
  expect(scaledBy([0, 1, 1], 2)).toEqual([0.1, 2, 2]);
  expect(scaledBy([-1, 1, 1], 2)).toEqual([2, 2, 2]);
});

test("only what says so can be scaled", () => {
  for (const two_hand_scalable of [true, {}]) expect(isScalable({ two_hand_scalable })).toBe(true);
  expect([isScalable(undefined), isScalable({}), isScalable({ two_hand_scalable: false })]).toEqual([false, false, false]);
});

test("the room is told at most ten times a second, and the last size always", () => {
  const { scaling, scales } = scene();
  scaling.begin("cube", 0);
  for (let at_ms = 0; at_ms < 200; at_ms += 10) scaling.by(1 + at_ms / 1_000, at_ms);
  expect(scales()).toEqual([[1, 1, 1], [1.1, 1.1, 1.1]]);
  scaling.end(200);
  expect(scales().at(-1)).toEqual([1.19, 1.19, 1.19]);
  scaling.goOn(200 + EDIT_EVERY_MS);
  expect(scales().length).toBe(3);
});

test("a size is shown at once and until the room has answered to the last of it", async () => {
  const { scaling, drawn, answer } = scene();
  scaling.begin("clay", 0);
  scaling.by(1.5, 0);
  scaling.goOn(0);
  expect([...drawn]).toEqual([[0, 1.5]]);
  scaling.by(2, 10);
  await answer();
  scaling.goOn(20);
  expect([...drawn]).toEqual([[0, 2]]);
  scaling.end(30);
  await answer();
  scaling.goOn(40);
  expect([...drawn]).toEqual([]);
});

test("what begins again before the room has answered begins as large as it is seen", () => {
  const { scaling, scales } = scene();
  for (const at_ms of [0, EDIT_EVERY_MS]) {
    scaling.begin("clay", at_ms);
    scaling.by(2, at_ms);
  }
  expect(scales()).toEqual([[2, 4, 2], [4, 8, 4]]);
});

test("a refusal shows it as the room has it, and nothing more is asked before it begins again", async () => {
  const { scaling, wished, drawn, answer } = scene();
  scaling.begin("cube", 0);
  scaling.by(2, 0);
  scaling.goOn(0);
  scaling.by(3, 10);
  await answer(NO);
  scaling.by(4, 200);
  scaling.goOn(300);
  scaling.end(400);
  expect([wished.length, [...drawn]]).toEqual([1, []]);
  scaling.begin("cube", 500);
  scaling.by(2, 500);
  expect(wished.length).toBe(2);
});

test("another thing begins for itself, whatever becomes of the one before", async () => {
  const { scaling, wished, drawn, answer } = scene();
  scaling.begin("clay", 0);
  scaling.by(2, 0);
  scaling.goOn(0);
  scaling.by(3, 10);
  scaling.begin("cube", 20);
  scaling.by(4, 20);
  expect(wished.map(({ entity, scale }) => [entity, scale])).toEqual([
    ["clay", [2, 4, 2]],
    ["clay", [3, 6, 3]],
    ["cube", [4, 4, 4]],
  ]);
  await answer(NO, 2);
  scaling.goOn(30);
  expect([...drawn]).toEqual([[1, 4]]);
  await answer();
  scaling.goOn(40);
  expect([...drawn]).toEqual([]);
});

test("who leaves has said the last size and shows nothing of their own any more", () => {
  const { scaling, scales, drawn } = scene();
  scaling.begin("cube", 0);
  scaling.by(2, 0);
  scaling.goOn(0);
  scaling.by(3, 10);
  scaling.leave(20);
  expect([scales().at(-1), [...drawn]]).toEqual([[3, 3, 3], []]);
});
