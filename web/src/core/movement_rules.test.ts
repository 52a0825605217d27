import { beforeEach, expect, test } from "vitest";
import { type TestRoom, settled, testRoom } from "../xr/testing/room";
import type { Reply } from "./commands";
import { CHANGE } from "./generated";
import type { JsonObject } from "./json";
import { type MovementRules, USUAL_RULES } from "./movement_rules";
import type { Change } from "./replica";
import type { Port } from "./wishes";

let room: TestRoom;
let told: MovementRules[];

beforeEach(() => {
  room = testRoom();
  told = [];
  room.app.movement.rules$.subscribe((rules) => told.push(rules));
});

const says = (index: number, id: string, components: JsonObject, mask: number = CHANGE.other): Change => ({
  index,
  mask,
  record: { id, version: 1, components },
  fresh: mask === CHANGE.created,
});
const goes = (index: number): Change => ({ index, mask: CHANGE.removed, record: undefined, fresh: true });
const moves = (index: number): Change => ({ index, mask: CHANGE.transform, record: undefined, fresh: false });
const now = (): readonly [number, boolean] => {
  const { gravity_m_s2, flying } = room.app.movement.rules$.value;
  return [gravity_m_s2, flying];
};

test("a room that says nothing is as on earth, and people fly", () => {
  room.app.movement.follow([says(0, "aaaaa", { shape: {} }), moves(0), goes(0)]);
  expect(now()).toEqual([-9.81, true]);
  expect(told).toEqual([USUAL_RULES]);
});

test("what an entity says holds until it says something else, takes it back or is gone", () => {
  const { movement } = room.app;
  movement.follow([says(3, "moony", { gravity: -1.62, flying: false }, CHANGE.created)]);
  expect(now()).toEqual([-1.62, false]);
  movement.follow([says(3, "moony", { gravity: 0, flying: false })]);
  expect(now()).toEqual([0, false]);
  movement.follow([says(3, "moony", { flying: false })]);
  expect(now()).toEqual([-9.81, false]);
  movement.follow([goes(3)]);
  expect(now()).toEqual([-9.81, true]);
});

test("of several the smallest id counts, for each of the two, whoever came first", () => {
  const { movement } = room.app;
  movement.follow([says(5, "bbbbb", { gravity: -2, flying: false }), says(9, "aaaaa", { gravity: -1 }), says(1, "ccccc", { flying: true })]);
  expect(now()).toEqual([-1, false]);
  movement.follow([goes(9)]);
  expect(now()).toEqual([-2, false]);
  movement.follow([says(5, "bbbbb", {})]);
  expect(now()).toEqual([-9.81, true]);
});

test("an index that is used again says what its new entity says", () => {
  const { movement } = room.app;
  movement.follow([says(2, "bbbbb", { gravity: -2 }), says(4, "ccccc", { gravity: -3 })]);
  movement.follow([says(2, "ddddd", { gravity: -4 }, CHANGE.created)]);
  expect(now()).toEqual([-3, true]);
});

test("what a person says of themselves is no rule", () => {
  room.app.movement.follow([says(1, "aaaaa", { avatar: {}, gravity: 3, flying: false })]);
  expect(room.app.movement.rules$.value).toEqual(USUAL_RULES);
});

test("what is no number and no yes or no is not taken for one", () => {
  room.app.movement.follow([says(0, "aaaaa", { gravity: "moon", flying: 0 }), says(1, "bbbbb", { gravity: -3 })]);
  expect(now()).toEqual([-3, true]);
});

test("nobody is told of what stays as it is: something moves, another says the same", () => {
  room.app.movement.follow([says(5, "bbbbb", { gravity: -2 })]);
  room.app.movement.follow([moves(5), says(6, "aaaaa", { gravity: -2 }), says(7, "ddddd", { gravity: -7 })]);
  expect(told.map(({ gravity_m_s2 }) => gravity_m_s2)).toEqual([-9.81, -2]);
});

test("a change is written where the room says it, which is the entity that counts", async () => {
  const { movement } = room.app;
  movement.follow([says(5, "bbbbb", { gravity: -2 }), says(6, "aaaaa", { flying: true }), says(7, "ccccc", { flying: true })]);
  await movement.setGravity(0);
  await movement.setFlying(false);
  expect(room.wished).toEqual([
    ["update_components", { entity: "bbbbb", components: { gravity: 0 } }],
    ["update_components", { entity: "aaaaa", components: { flying: false } }],
  ]);
});

test("where only the other is said, that entity says both", async () => {
  room.app.movement.follow([says(5, "bbbbb", { gravity: -2 })]);
  await room.app.movement.setFlying(false);
  expect(room.wished).toEqual([["update_components", { entity: "bbbbb", components: { flying: false } }]]);
});

test("where nothing is said, one entity is made, though two changes come at once, and it can be taken back", async () => {
  const { movement, building, wishes } = room.app;
  const command = async (name: string, payload: JsonObject): Promise<Reply> => {
    room.wished.push([name, payload]);
    await settled();
    if (name === "create_entity") movement.follow([says(4, "rooms", { flying: false }, CHANGE.created)]);
    return { ok: true, response: { entity: "rooms" } };
  };
  wishes.attach({ command, components: () => ({ name: "Room", flying: false }) } as unknown as Port);
  await Promise.all([movement.setFlying(false), movement.setGravity(-1.62)]);
  expect(room.wished).toEqual([
    ["create_entity", { components: { name: "Room", flying: false } }],
    ["update_components", { entity: "rooms", components: { gravity: -1.62 } }],
  ]);
  expect(building.selection$.value).toBeNull();
  await building.undo();
  await building.undo();
  expect(room.wished.slice(2)).toEqual([
    ["remove_components", { entity: "rooms", names: ["gravity"] }],
    ["delete_entity", { entity: "rooms" }],
  ]);
});

test("what is so already is not wished for again, and a refusal is told and stops nothing", async () => {
  const { movement } = room.app;
  expect((await movement.setGravity(-9.81)).ok).toBe(true);
  expect(room.wished).toEqual([]);
  room.answer = () => ({ ok: false, reason: "forbidden", detail: "" });
  expect(await movement.setFlying(false)).toMatchObject({ ok: false, reason: "forbidden" });
  await movement.setGravity(0);
  expect(room.wished.map(([, payload]) => payload)).toEqual([
    { components: { name: "Room", flying: false } },
    { components: { name: "Room", gravity: 0 } },
  ]);
});
