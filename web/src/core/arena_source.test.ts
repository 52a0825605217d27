import { expect, test } from "vitest";
import { RoomArena } from "./arena_source";
import type { JsonObject } from "./json";

function arena(rows: readonly number[], shots: readonly number[], things: { readonly [index: number]: JsonObject }): RoomArena {
  const core = {
    monsters: () => new Float32Array(rows),
    take_shots: () => new Float64Array(shots),
    room_ms: (now_ms: number) => now_ms + 1_000,
    seen_ms: (now_ms: number) => now_ms + 900,
    aimed_ms: (_from: Float32Array, [x = 0]: Float32Array, now_ms: number) => now_ms + x,
  };
  const record = (index: number) => {
    const components = things[index];
    return components === undefined ? undefined : { id: `thing${index}`, version: 1, components };
  };
  return new RoomArena(core, { record }, () => 5_000);
}

test("monsters are as their rows and components say; what is no monster any more is left out", () => {
  const things = { 3: { monster: { kind: "brute", health: 600 }, health: 150, scale: [2, 2, 2] }, 4: { monster: true }, 5: { name: "box" } };
  const rows = [3, 2, 0.5, 1, 0, 2, 1.5, 4, 0, 9, 7, 0, 8, 0, 5, 1, 0, 0, 0, 0, 0];
  const [brute, walker, ...others] = arena(rows, [], things).monsters();
  expect(brute).toEqual({ id: 3, kind: "brute", size: 2, x: 1, y: 0, z: 2, yaw: 1.5, doing: 2, since_ms: 5_500, health_part: 0.25 });
  expect(walker).toMatchObject({ id: 4, kind: "walker", size: 1, health_part: 1 });
  expect(others).toEqual([]);
});

test("the list is filled anew and grows no garbage", () => {
  const source = arena([4, 1, 0, 0, 0, 0, 0], [], { 4: { monster: true } });
  const [first] = source.monsters();
  expect(source.monsters()[0]).toBe(first);
});

test("shots are as their rows say", () => {
  const [shot] = arena([], [7, 12, 1, 1, 2, 4_960, 1, 2, 3, 4, 5, 6, 12], {}).shots();
  expect(shot).toEqual({ id: 12, by: 7, kind: "fireball", ended: true, met: "body", at_ms: 4_960, from: [1, 2, 3], to: [4, 5, 6], speed_m_s: 12 });
});

test("the clocks are the core's", () => {
  const source = arena([], [], {});
  expect([source.room_ms(), source.render_ms(), source.aimed_ms([0, 0, 0], [7, 0, 0])]).toEqual([6_000, 5_900, 5_007]);
});
