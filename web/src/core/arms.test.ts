import { describe, expect, test } from "vitest";
import { Arms, type Asked, RAISE_MS, nothingAsked } from "./arms";
import { type Loadout, loadoutOf } from "./guns";
import type { JsonObject } from "./json";

const RIFLE = { kind: "hitscan", rate: 10, capacity: 20, ammo: "bullets", reload_ms: 1_000, loaded: 20 };

/** Somebody with weapons; what their hands did, in order. */
function somebody(weapons: JsonObject = { rifle: RIFLE }, inventory: JsonObject = { bullets: 40 }, weapon = "rifle") {
  const done: string[] = [];
  const arms = new Arms({
    shoot: ({ name }) => void done.push(`shoot ${name}`),
    click: () => void done.push("click"),
    reload: () => void done.push("reload"),
    switchTo: (name) => void done.push(`switch ${name}`),
    drop: ({ name }) => void done.push(`drop ${name}`),
  });
  const state = { weapons, inventory, weapon };
  let now_ms = 0;
  const loadout = (): Loadout => loadoutOf(state as unknown as JsonObject);
  /** Frames of so many milliseconds go by while something is asked for. */
  const frames = (count: number, asked: Partial<Asked> = {}, frame_ms = 20, able = true): string[] => {
    const from = done.length;
    for (let frame = 0; frame < count; frame += 1) {
      now_ms += frame_ms;
      arms.step(loadout(), { ...nothingAsked(), ...asked }, able, now_ms);
    }
    return done.slice(from);
  };
  const told = (name: string, loaded: number, bullets?: number) => {
    state.weapons = { ...state.weapons, [name]: { ...(state.weapons[name] as JsonObject), loaded } };
    if (bullets !== undefined) state.inventory = { bullets };
  };
  // It is raised first.
  frames(1 + RAISE_MS / 20);
  return { arms, frames, told, state, busy: () => arms.busy(now_ms) };
}

const shots = (done: readonly string[]): number => done.filter((each) => each.startsWith("shoot")).length;

describe("the trigger", () => {
  test("held, a weapon shoots at its rate, however often pictures come", () => {
    expect(shots(somebody().frames(50, { trigger: true }, 20))).toBe(10);
    expect(shots(somebody().frames(4, { trigger: true }, 250))).toBe(8);
    expect(shots(somebody({ rifle: { ...RIFLE, rate: 2 } }).frames(60, { trigger: true }, 16))).toBe(2);
  });

  test("pressed again and again it shoots no faster", () => {
    const { frames } = somebody({ rifle: { ...RIFLE, rate: 2 } });
    const done = Array.from({ length: 25 }, () => [...frames(1, { trigger: true }), ...frames(1)]).flat();
    expect(shots(done)).toBe(2);
  });

  test("what was just taken in hand is raised first", () => {
    const { frames, state } = somebody({ pistol: { ...RIFLE, rate: 4 }, rifle: RIFLE });
    state.weapon = "pistol";
    expect(frames(RAISE_MS / 20, { trigger: true })).toEqual([]);
    expect(frames(2, { trigger: true })).toEqual(["shoot pistol"]);
  });

  test("the dead, and who only watches, shoot nothing", () => {
    expect(somebody().frames(20, { trigger: true, reload: true, nth: 1 }, 20, false)).toEqual([]);
  });

  test("nothing in hand is no weapon", () => {
    expect(somebody({}, {}, "").frames(10, { trigger: true, reload: true, drop: true, cycle: 1 })).toEqual([]);
  });
});

describe("loading", () => {
  test("shots the room has not heard of count", () => {
    const { frames, told, arms } = somebody({ rifle: { ...RIFLE, loaded: 3 } }, {});
    expect(shots(frames(30, { trigger: true }))).toBe(3);
    told("rifle", 1);
    frames(1);
    expect(arms.loaded).toBe(0);
    told("rifle", 0);
    frames(1);
    expect(arms.loaded).toBe(0);
  });

  test("a shot that was refused is still loaded, and one that nobody answers, too, after a while", () => {
    const { frames, arms } = somebody({ rifle: { ...RIFLE, loaded: 2 } }, {});
    frames(10, { trigger: true });
    expect(arms.loaded).toBe(0);
    arms.notShot();
    expect(arms.loaded).toBe(1);
    frames(120);
    expect(arms.loaded).toBe(2);
  });

  test("an empty one is loaded by itself, once, and does not shoot meanwhile", () => {
    const { frames, told, busy } = somebody({ rifle: { ...RIFLE, loaded: 1 } });
    expect(frames(3, { trigger: true })).toEqual(["shoot rifle"]);
    expect(frames(40)).toEqual(["reload"]);
    expect(busy()).toBe(true);
    told("rifle", 20, 21);
    expect(frames(5, { trigger: true })).toEqual([]);
    expect(shots(frames(40, { trigger: true }))).toBeGreaterThan(3);
  });

  test("held down on an empty one it clicks once and is loaded; with nothing to load it only clicks, once a press", () => {
    expect(somebody({ rifle: { ...RIFLE, loaded: 0 } }).frames(10, { trigger: true })).toEqual(["click", "reload"]);
    const { frames } = somebody({ rifle: { ...RIFLE, loaded: 0 } }, {});
    expect(frames(10, { trigger: true })).toEqual(["click"]);
    frames(1);
    expect(frames(10, { trigger: true })).toEqual(["click"]);
  });

  test("R loads what is not full, and only once", () => {
    expect(somebody().frames(3, { reload: true })).toEqual([]);
    const { frames, arms } = somebody({ rifle: { ...RIFLE, loaded: 12 } });
    expect(frames(3, { reload: true })).toEqual(["reload"]);
    arms.notLoaded();
    expect(frames(1, { reload: true })).toEqual(["reload"]);
  });

  test("a weapon without a magazine shoots what one carries and is never loaded", () => {
    const { frames } = somebody({ rifle: { ...RIFLE, capacity: 0, loaded: 0 } }, { bullets: 2 });
    expect(frames(40, { trigger: true })).toEqual(["shoot rifle", "shoot rifle"]);
    frames(1);
    expect(frames(2, { trigger: true, reload: true })).toEqual(["click"]);
  });
});

describe("changing", () => {
  const two = { axe: RIFLE, rifle: RIFLE, zapper: RIFLE };

  test("numbers and the wheel choose by name, in order and around the end", () => {
    expect(somebody(two).frames(1, { nth: 1 })).toEqual(["switch axe"]);
    expect(somebody(two).frames(1, { cycle: 1 })).toEqual(["switch zapper"]);
    expect(somebody(two, {}, "zapper").frames(1, { cycle: 1 })).toEqual(["switch axe"]);
    expect(somebody(two, {}, "axe").frames(1, { cycle: -1 })).toEqual(["switch zapper"]);
  });

  test("what is in hand, or not there, is not asked for; nor is anything while the room has not answered", () => {
    const { frames, state, busy } = somebody(two);
    expect(frames(1, { nth: 2 })).toEqual([]);
    expect(frames(1, { nth: 7 })).toEqual([]);
    expect(frames(3, { nth: 3 })).toEqual(["switch zapper"]);
    expect(frames(3, { nth: 1, trigger: true })).toEqual([]);
    expect(busy()).toBe(true);
    state.weapon = "zapper";
    frames(1);
    expect(busy()).toBe(false);
    expect(frames(1, { nth: 1 })).toEqual(["switch axe"]);
  });

  test("one is dropped", () => {
    expect(somebody().frames(1, { drop: true })).toEqual(["drop rifle"]);
  });
});
