import { expect, test } from "vitest";
import type { JsonObject } from "./json";
import type { Change } from "./replica";
import { type Fallen, type Hurt, OwnVitals, directionTo, isCounted, secondsUntil, vitalsOf } from "./vitals";

const change = (index: number, components: JsonObject | undefined, fresh = false): Change => ({
  index,
  mask: 1,
  record: components === undefined ? undefined : { id: `e${index}`, version: 1, components },
  fresh,
});

test("where a game is on, who was never hurt has all the health it gives; else nobody counts it", () => {
  expect(vitalsOf({}, { health: 150 })).toMatchObject({ game: true, health: 150, full: 150 });
  expect(vitalsOf({}, {})).toMatchObject({ health: 100, full: 100 });
  expect(vitalsOf({}, undefined)).toMatchObject({ game: false, health: null });
  expect(vitalsOf({ health: 40 }, undefined)).toMatchObject({ health: 40, full: 100 });
  expect(vitalsOf({ health: -3 }, {}).health).toBe(0);
});

test("an observer has nothing to count, and neither has anybody in a room without a game", () => {
  expect(isCounted(vitalsOf(undefined, { health: 150 }))).toBe(false);
  expect(isCounted(vitalsOf({ nickname: "Ada" }, undefined))).toBe(false);
  const counted: readonly JsonObject[] = [{ health: 3 }, { armour: 5 }, { points: 0 }, { inventory: { coin: 1 } }];
  expect(counted.filter((own) => isCounted(vitalsOf(own, undefined)))).toHaveLength(4);
});

test("what is carried comes by name, of lists of names as well, and without what is gone", () => {
  const items = (inventory: JsonObject[string]) => vitalsOf({ inventory }, undefined).items.map(({ name, count }) => `${name} ${count}`);
  expect(items({ red_key: 1, coin: 12, gone: 0, torch: true, lost: null })).toEqual(["coin 12", "red_key 1", "torch 1"]);
  expect(items(["key", "coin", "coin"])).toEqual(["coin 2", "key 1"]);
  expect(vitalsOf({ ammo: 7 }, undefined).items).toEqual([{ name: "ammo", count: 7 }]);
});

test("a weapon in hand says what it is loaded with and what is left for it, which is then no item", () => {
  const weapons = { shotgun: { ammo: "shells", capacity: 6, loaded: 4 }, pistol: { ammo: "ammo", capacity: 9 }, fists: {} };
  const own = { weapons, inventory: { shells: 20, red_key: 1 }, ammo: 30 };
  const shotgun = vitalsOf({ ...own, weapon: "shotgun" }, {});
  expect(shotgun.weapon).toEqual({ name: "shotgun", loaded: 4, capacity: 6, reserve: 20 });
  expect(shotgun.items.map(({ name }) => name)).toEqual(["ammo", "red_key"]);
  expect(vitalsOf({ ...own, weapon: "pistol" }, {}).weapon).toEqual({ name: "pistol", loaded: 9, capacity: 9, reserve: 30 });
  expect(vitalsOf({ ...own, weapon: "fists" }, {}).weapon).toEqual({ name: "fists", loaded: null, capacity: null, reserve: null });
  expect([vitalsOf({ ...own, weapon: "lost" }, {}).weapon, vitalsOf(own, {}).weapon]).toEqual([null, null]);
});

test("of several games that of the first entity counts, and none that a person carries", () => {
  const vitals = new OwnVitals();
  vitals.follow([change(2, { game: { health: 200 } }), change(1, { game: { health: 50 }, avatar: {} })]);
  vitals.learn({}, 0);
  expect(vitals.vitals$.value.full).toBe(200);
  vitals.follow([change(1, { game: { health: 80 } })]);
  vitals.learn({}, 0);
  expect(vitals.vitals$.value.full).toBe(80);
  // Moved, then gone.
  vitals.follow([change(1, undefined)]);
  vitals.learn({}, 0);
  expect(vitals.vitals$.value.full).toBe(80);
  vitals.follow([change(1, undefined, true), change(2, {})]);
  vitals.learn({}, 0);
  expect(vitals.vitals$.value.game).toBe(false);
});

test("only what differs is told", () => {
  const vitals = new OwnVitals();
  let told = 0;
  vitals.vitals$.subscribe(() => (told += 1));
  const owns: readonly JsonObject[] = [{ health: 90 }, { health: 90, nickname: "Ada" }, { health: 90 }];
  for (const own of owns) vitals.learn(own, 0);
  expect(told).toBe(2);
});

test("the dead count down whole seconds by the room's clock, know who did it, and forget it when they are back", () => {
  const vitals = new OwnVitals();
  const told: (Fallen | null)[] = [];
  vitals.fallen$.subscribe((fallen) => told.push(fallen));
  vitals.killedBy("Ben");
  const dead = { health: 0, dead: { until: 61_500 } };
  vitals.learn(dead, 60_000);
  expect(vitals.dead).toBe(true);
  for (const room_ms of [60_020, 60_499, 60_500, 61_490, 61_600]) vitals.learn(dead, room_ms);
  vitals.learn({ health: 100 }, 61_650);
  expect(vitals.dead).toBe(false);
  vitals.learn(dead, undefined);
  expect(told).toEqual([null, { by: "Ben", back_s: 2 }, { by: "Ben", back_s: 1 }, { by: "Ben", back_s: 0 }, null, { by: null, back_s: null }]);
});

test("seconds are never fewer than none", () => {
  expect([secondsUntil(1_000, 0), secondsUntil(1_001, 0), secondsUntil(0, 5_000), secondsUntil(0, undefined)]).toEqual([1, 2, 0, null]);
});

test("what hurts comes from a side of the view, or from nowhere when it is right here", () => {
  const viewer = { x: 1, z: 1, yaw: Math.PI / 2 };
  expect(directionTo(viewer, 5, 1)).toBeCloseTo(0);
  expect(directionTo(viewer, 1, -3)).toBeCloseTo(Math.PI / 2);
  expect(directionTo(viewer, 1, 5)).toBeCloseTo(-Math.PI / 2);
  expect(Math.abs(directionTo(viewer, -3, 1) ?? 0)).toBeCloseTo(Math.PI);
  expect(directionTo(viewer, 1.2, 1)).toBeNull();
});

test("a hurt is a share of full health, and what takes nothing is none", () => {
  const vitals = new OwnVitals();
  const hurts: Hurt[] = [];
  vitals.hurt$.subscribe((hurt) => hurts.push(hurt));
  vitals.follow([change(1, { game: { health: 200 } })]);
  vitals.learn({}, 0);
  vitals.hurt(50, 0.5);
  vitals.hurt(900, null);
  vitals.hurt(0, 1);
  expect(hurts).toEqual([
    { amount: 50, share: 0.25, from_rad: 0.5 },
    { amount: 900, share: 1, from_rad: null },
  ]);
});
