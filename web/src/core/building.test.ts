/** Adding, deleting and taking back. */
import { beforeEach, expect, test } from "vitest";
import type { HudLine } from "./hud";
import type { JsonObject } from "./json";
import type { Sites } from "./sites";
import { THING_COLORS } from "./things";
import { type TestRoom, testRoom } from "../xr/testing/room";

let room: TestRoom;
let lines: HudLine[];
let things: { readonly [entity: string]: JsonObject };

const FLOOR = { name: "Floor", shape: { kind: "ground", width: 40, height: 40 }, floor: true };

beforeEach(() => {
  room = testRoom();
  lines = [];
  room.app.hud.hud$.subscribe((line) => lines.push(line));
  things = { box: { name: "Box" }, floor: FLOOR, wall: { name: "Wall" } };
  const { port } = room.app.wishes;
  Object.assign(port ?? {}, { components: (entity: string) => things[entity] });
  room.app.building.sites = {
    group: (entity: string) => [{ entity, components: things[entity] ?? {} }],
    extent_m: (entity: string) => (entity === "wall" ? 9 : 1),
    ahead: () => ({ x: 1, y: 0, z: 2 }),
    free: (at: object) => at,
    beside: () => ({ x: 4, y: 1, z: 5 }),
    showNew: () => undefined,
  } as unknown as Sites;
});

test("new things stand where there is room, each in another colour than the one before", async () => {
  room.answer = () => ({ ok: true, response: { entity: "box" } });
  await room.app.building.add("box");
  await room.app.building.add("box");
  const made = room.wished.map(([, payload]) => payload["components"] as JsonObject);
  expect(made.map(({ color }) => color)).toEqual([THING_COLORS[0], THING_COLORS[1]]);
  expect(made[0]?.["position"]).toEqual([1, 0.3, 2]);
});

test("a copy stands free beside its original", async () => {
  things = { ...things, box: { position: [3, 1, 5] } };
  room.app.building.select("box");
  await room.app.building.duplicate();
  expect(room.wished).toEqual([["duplicate_entity", { entity: "box", position: [4, 1, 5] }]]);
});

test("what is deleted is told with a way back, which takes back just that and only once", async () => {
  const { building } = room.app;
  building.select("box");
  await building.remove();
  expect(building.selection$.value).toBeNull();
  building.undoable.made("later");
  const [line] = lines;
  expect([line?.text, line?.way?.words]).toEqual(["Deleted", "Undo"]);
  line?.way?.act();
  line?.way?.act();
  expect(room.wished.map(([name]) => name)).toEqual(["delete_entity", "transact"]);
  expect(room.wished[1]?.[1]).toEqual({ ops: [{ op: "create", entity: "box", components: { name: "Box" } }] });
  expect(building.undoable.count$.value).toBe(1);
});

test("the floor, and what is as large as a wall, is asked about first and kept without a yes", async () => {
  const { building } = room.app;
  for (const entity of ["floor", "wall"]) {
    building.select(entity);
    await building.remove();
    expect(building.asked$.value?.entity).toBe(entity);
    await building.answer(false);
  }
  expect([room.wished, building.asked$.value]).toEqual([[], null]);
  building.select("wall");
  await building.remove();
  await building.answer(true);
  expect(room.wished).toEqual([["delete_entity", { entity: "wall" }]]);
});

test("a thing that nobody sees comes before the visitor, large enough to be seen and hanging on nothing", async () => {
  things = { dust: { position: [0, -900, 0], scale: [0, 1, 0.001], parent: { entity: "box" } } };
  await room.app.building.bring("dust");
  expect(room.wished).toEqual([["update_components", { entity: "dust", components: { position: [1, 0.5, 2], scale: [1, 1, 1], parent: null } }]]);
});
