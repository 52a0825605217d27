import { expect, test } from "vitest";
import type { Reply } from "../core/commands";
import { Holding } from "../core/holding";
import type { JsonObject } from "../core/json";
import type { Wishes } from "../core/wishes";
import { Trigger, type Triggerable } from "./trigger";

const OK: Reply = { ok: true, response: {} };
const NO: Reply = { ok: false, reason: "too_far", detail: "" };
const HORN: Triggerable = { entity: "horn", kind: "discrete" };
const HOSE: Triggerable = { entity: "hose", kind: "continuous" };
const TAP: Triggerable = { entity: "tap", kind: "continuous" };

function scene(...replies: readonly Reply[]) {
  const sent: JsonObject[] = [];
  const wishes = {
    command: (name: string, payload: JsonObject) => {
      expect(name).toBe("trigger");
      sent.push(payload);
      return Promise.resolve(replies[sent.length - 1] ?? OK);
    },
  } as unknown as Wishes;
  return { trigger: new Trigger(new Holding(wishes)), sent };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const values = (sent: readonly JsonObject[]) => sent.map(({ value }) => value);

test("a discrete thing goes off once a press, and again only after it was let go of by far", () => {
  const { trigger, sent } = scene();
  const went_off = [0, 0.65, 0.7, 1, 0.5, 0.8, 0.39, 0.69, 0.75].map((value, frame) => trigger.press(value, HORN, frame * 14));
  expect(went_off).toEqual([false, false, true, false, false, false, false, false, true]);
  expect(sent).toEqual([{ entity: "horn" }, { entity: "horn" }]);
});

test("what was pressed before a thing was there does not set it off", () => {
  const { trigger, sent } = scene();
  trigger.press(1, undefined, 0);
  trigger.press(1, HORN, 14);
  trigger.press(1, HOSE, 28);
  expect(sent).toEqual([]);
  trigger.press(0, HOSE, 42);
  trigger.press(0.3, undefined, 56);
  trigger.press(0.3, HOSE, 70);
  expect(sent).toEqual([]);
  trigger.press(0, HOSE, 84);
  trigger.press(1, HOSE, 98);
  expect(sent).toEqual([{ entity: "hose", value: 1 }]);
});

test("a continuous thing hears in sixteenths how far it is pressed, while that changes, and of the end", async () => {
  const { trigger, sent } = scene();
  for (const [at_ms, value] of [[0, 0.01], [100, 0.3], [200, 0.31], [300, 0.9], [400, 0.9], [500, 0], [600, 0]] as const) {
    expect(trigger.press(value, HOSE, at_ms)).toBe(false);
    await settled();
  }
  expect(values(sent)).toEqual([0.3125, 0.875, 0]);
});

test("it hears so at most ten times a second", async () => {
  const { trigger, sent } = scene();
  for (let at_ms = 0; at_ms < 1_000; at_ms += 10) {
    trigger.press(0.1 + (at_ms % 700) / 1_000, HOSE, at_ms);
    await settled();
  }
  expect(sent.length).toBe(10);
  trigger.press(0, HOSE, 1_000);
  expect(values(sent).at(-1)).toBe(0);
});

test("a press that is over sooner than it may be told ends when it may", async () => {
  const { trigger, sent } = scene();
  trigger.press(1, HOSE, 0);
  trigger.press(0, HOSE, 20);
  await settled();
  expect(values(sent)).toEqual([1]);
  trigger.press(0, undefined, 100);
  expect(values(sent)).toEqual([1, 0]);
});

test("a thing that is let go of is told at once, and the press that set it off does no more", async () => {
  const { trigger, sent } = scene();
  trigger.press(0.8, HOSE, 0);
  trigger.end(10);
  expect(values(sent)).toEqual([0.8125, 0]);
  trigger.press(0.9, HOSE, 200);
  expect([trigger.on, values(sent)]).toEqual([undefined, [0.8125, 0]]);
});

test("a thing that is gone from the hand is let go of", () => {
  const { trigger, sent } = scene();
  trigger.press(1, HOSE, 0);
  trigger.press(1, TAP, 10);
  expect(sent).toEqual([{ entity: "hose", value: 1 }, { entity: "hose", value: 0 }]);
});

test("the end of one thing is not forgotten for the beginning of the next", () => {
  const { trigger, sent } = scene();
  trigger.press(1, HOSE, 0);
  trigger.press(0, HOSE, 10);
  trigger.press(1, TAP, 20);
  expect(sent).toEqual([{ entity: "hose", value: 1 }, { entity: "hose", value: 0 }]);
  trigger.press(1, TAP, 120);
  expect(sent.at(-1)).toEqual({ entity: "tap", value: 1 });
});

test("a refused press is not asked again before the next one", async () => {
  const { trigger, sent } = scene(NO);
  trigger.press(0.5, HOSE, 0);
  await settled();
  for (const [value, at_ms] of [[0.7, 200], [1, 400], [0, 600]] as const) trigger.press(value, HOSE, at_ms);
  expect(values(sent)).toEqual([0.5]);
  trigger.press(1, HOSE, 800);
  expect(values(sent)).toEqual([0.5, 1]);
});

test("a press that was heard before it was refused is heard to end", async () => {
  const { trigger, sent } = scene(OK, NO);
  for (const [value, at_ms] of [[0.5, 0], [0.75, 200], [1, 400], [0, 600]] as const) {
    trigger.press(value, HOSE, at_ms);
    await settled();
  }
  expect(values(sent)).toEqual([0.5, 0.75, 0]);
});
