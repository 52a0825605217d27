import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json";
import type { Change } from "../../core/replica";
import type { ArenaScene } from "../../scene/arena/arena";
import { Solids } from "../../scene/solids";
import type { Context } from "../context";
import { FloatingThings } from "./floating";

/** Things that lie about, two metres apart; what is drawn of them. */
function scene() {
  const drawn: [string, number, number][] = [];
  const props: string[] = [];
  const solids = new Solids();
  const matrices = new Float32Array(16 * 8);
  for (let index = 0; index < 8; index += 1) matrices.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, index * 2, 1, 5, 1], index * 16);
  const clock = { now_ms: 0 };
  const stage = {
    solids,
    props: { put: (index: number) => void props.push(`put ${index}`), remove: (index: number) => void props.push(`remove ${index}`) },
    stir: () => undefined,
    murmur: () => undefined,
  };
  const guns = { float: (what: string, x: number, _y: number, _z: number, _now: number, age_ms: number) => drawn.push([what, x, age_ms]) > 0 };
  const things = new FloatingThings({ core: { matrices: () => matrices }, stage, clock } as unknown as Context, { guns } as unknown as ArenaScene);
  const put = (index: number, components: JsonObject | undefined) => {
    const record = components === undefined ? undefined : { id: `e${index}`, version: 1, components };
    const change: Change = { index, mask: 0, record, fresh: components === undefined };
    things.follow([change]);
  };
  const draw = (room_ms: number, after_ms = 16) => {
    clock.now_ms += after_ms;
    drawn.length = 0;
    things.draw(room_ms);
    return drawn;
  };
  /** Whether a ray from before it meets a thing. */
  const pointedAt = (index: number) => solids.cast(index * 2, 1, 0, [0, 0, 1], 20)?.owner === index;
  return { put, draw, props, pointedAt, things };
}

test("weapons and what is collectable lie about, as they are called; what has a form of its own is as it is", () => {
  const { put, draw, pointedAt, props } = scene();
  put(0, { gun: { pellets: 8 }, collectable: { item: "shotgun" } });
  put(1, { collectable: { item: "health" } });
  put(2, { collectable: { item: "red_key" }, shape: { kind: "box" } });
  put(3, { shape: { kind: "box" } });
  expect(draw(1_000).map(([what, x]) => [what, x])).toEqual([["shotgun", 0], ["health", 2]]);
  expect([0, 1, 2, 3].map(pointedAt)).toEqual([true, true, false, false]);
  expect(props).toEqual([]);
});

test("what is taken is neither drawn nor pointed at until it is back; then it appears anew", () => {
  const { put, draw, pointedAt } = scene();
  put(1, { collectable: { item: "armour" } });
  draw(0);
  put(1, { collectable: { item: "armour" }, taken: { until: 5_000 } });
  expect(draw(4_999)).toEqual([]);
  expect(pointedAt(1)).toBe(false);
  expect(draw(5_000, 100)).toEqual([["armour", 2, 0]]);
  expect(pointedAt(1)).toBe(true);
  expect(draw(5_100, 100)).toEqual([["armour", 2, 100]]);
});

test("a change to it that nobody sees begins nothing anew, and it can still be pointed at", () => {
  const { put, draw, pointedAt } = scene();
  put(1, { collectable: { item: "shells" } });
  draw(0);
  draw(0, 500);
  put(1, { collectable: { item: "shells", amount: 3 } });
  expect(draw(0, 16)[0]?.[2]).toBeGreaterThan(500);
  expect(pointedAt(1)).toBe(true);
});

test("what has a form is hidden while it is taken", () => {
  const { put, draw, props } = scene();
  const crate = { collectable: { item: "points" }, shape: { kind: "box" } };
  put(2, { ...crate, taken: { until: 2_000 } });
  draw(1_000);
  draw(1_500);
  draw(2_000);
  expect(props).toEqual(["remove 2", "put 2"]);
});

test("what is gone, or no longer collectable, is forgotten", () => {
  const { put, draw, things } = scene();
  put(0, { gun: {} });
  put(1, { collectable: {} });
  draw(0);
  put(0, undefined);
  put(1, { collectable: false });
  expect(draw(0)).toEqual([]);
  expect(things.size).toBe(0);
});
