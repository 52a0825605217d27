import { describe, expect, test } from "vitest";
import type { Monster } from "../../core/arena";
import { DOING } from "../../core/arena";
import { INTERACTION } from "../../core/generated";
import type { JsonObject } from "../../core/json";
import { Rig } from "../../scene/rig";
import { Solids } from "../../scene/solids";
import { testRoom } from "../../xr/testing/room";
import type { Context, Input } from "../context";
import { WeaponControl } from "./control";
import type { Flying } from "./flying";
import type { Noises } from "./noises";
import type { WeaponsInHands } from "./weapons";

const PISTOL = { capacity: 6, loaded: 6, rate: 5, ammo: "bullets", range: 50 };
const ARMED = { weapon: "pistol", weapons: { pistol: PISTOL, rifle: { ...PISTOL, rate: 8 } }, inventory: { bullets: 30 } };

/** Somebody with a weapon at the origin, looking along +Z. */
function scene(own: JsonObject = ARMED) {
  const room = testRoom();
  const { app, wished } = room;
  const solids = new Solids();
  const rig = new Rig();
  rig.hold(1.8, 0);
  const components = new Map<string, JsonObject>([["ada", own]]);
  const offers = new Map<number, number>();
  const shown: number[][] = [];
  const heard: string[] = [];
  const input = {
    held: new Set(), pressed: new Set<string>(), trigger: false, click: undefined, wheel: 0, cycle: 0, gun_hand: undefined, pointer: { x: 1, y: 1 },
    take: (key: string) => void input.pressed.delete(key),
  } as unknown as Input & { pressed: Set<string> };
  const clock = { now_ms: 0 };
  const rows = new Float32Array();
  const context = {
    app, clock, input,
    core: { avatars: () => rows },
    session: { self_id: "ada" },
    replica: { components: (id: string) => components.get(id), interactions: (index: number) => offers.get(index) ?? 0, record: () => undefined },
    stage: { rig, solids, sight: () => ({ origin: [0, 1.8, 0], direction: [0, 0, 1] }), stir: () => undefined },
  } as unknown as Context;
  const weapons = { carry: { kick: () => undefined }, muzzle: undefined } as unknown as WeaponsInHands;
  const flying = { shoot: (_weapon: unknown, _from: unknown, to: number[]) => void shown.push([...to]) } as unknown as Flying;
  const noises = { own: (sound: string) => void heard.push(sound) } as unknown as Noises;
  const control = new WeaponControl(context, weapons, flying, noises);
  app.arena.source = { monsters: () => [], shots: () => [], room_ms: () => 7_000, render_ms: () => 6_900, aimed_ms: () => 6_900 };
  const step = (frames = 1, ask: Partial<Input> & { press?: string } = {}, monsters: readonly Monster[] = []) => {
    for (let frame = 0; frame < frames; frame += 1) {
      clock.now_ms += 50;
      const { press, ...more } = ask;
      Object.assign(input, { trigger: false, click: undefined, wheel: 0, cycle: 0 }, more);
      input.pressed.clear();
      if (press !== undefined) input.pressed.add(press);
      control.step(monsters);
    }
  };
  step(8);
  const box = (owner: number, z: number) => {
    const matrix = new Float32Array(16);
    matrix.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1.8, z, 1]);
    solids.put(owner, "box", 0, [0.5, 0.5, 0.5], true, matrix, 0);
  };
  const names = () => wished.map(([name]) => name);
  return { app, room, wished, names, step, box, offers, shown, heard, input, components, rig, control };
}

const walker = (more: Partial<Monster> = {}): Monster => ({ id: 9, kind: "walker", size: 1, x: 0, y: 0.2, z: 10, yaw: 0, doing: DOING.walks, since_ms: 0, health_part: 1, ...more });

describe("the mouse", () => {
  test("shoots from the eye along the view, as one saw others", () => {
    const { step, wished, shown, heard } = scene();
    step(1, { trigger: true });
    expect(wished).toEqual([["shoot", { origin: [0, 1.8, 0], direction: [0, 0, 1], at: 6_900 }]]);
    expect(shown).toEqual([[0, 1.8, 50]]);
    expect(heard).toEqual(["shot"]);
  });

  test("a press that shoots is no click; one on something usable nearby uses that, and shoots nothing while it lasts", () => {
    const { step, names, box, offers, input } = scene();
    step(2, { trigger: true });
    step(1, { click: { x: 1, y: 1 } });
    expect(input.click).toBeUndefined();
    expect(names()).toEqual(["shoot"]);
    box(5, 2.5);
    offers.set(5, INTERACTION.open);
    step(10, { trigger: true });
    step(1, { click: { x: 1, y: 1 } });
    expect(input.click).toBeDefined();
    expect(names()).toEqual(["shoot"]);
  });

  test("something usable farther away than three metres is shot at", () => {
    const { step, names, box, offers, shown } = scene();
    box(5, 6);
    offers.set(5, INTERACTION.open);
    step(1, { trigger: true });
    expect(names()).toEqual(["shoot"]);
    expect(shown[0]?.[2]).toBeCloseTo(5.5, 1);
  });

  test("whoever holds something, builds, is dead or watches shoots nothing", () => {
    const holding = scene({ ...ARMED, holding: { right: "cup" } });
    holding.step(5, { trigger: true });
    expect(holding.names()).toEqual([]);
    const dead = scene({ ...ARMED, dead: { until: 1 } });
    dead.step(5, { trigger: true, press: "KeyR" });
    expect(dead.names()).toEqual([]);
    expect(dead.app.arena.armed$.value).toBe(false);
    const builds = scene();
    builds.app.building.build$.next(true);
    builds.step(5, { trigger: true, press: "Digit2" });
    expect(builds.names()).toEqual([]);
  });
});

describe("keys", () => {
  test("R loads, numbers and the wheel change, Z drops", () => {
    const { step, names, wished } = scene({ ...ARMED, weapons: { ...ARMED.weapons, pistol: { ...PISTOL, loaded: 2 } } });
    step(1, { press: "KeyR" });
    expect(names()).toEqual(["reload"]);
    const changing = scene();
    changing.step(1, { press: "Digit2" });
    expect(changing.wished).toEqual([["switch_weapon", { weapon: "rifle" }]]);
    const turning = scene();
    turning.step(1, { wheel: 100 });
    expect(turning.names()).toEqual(["switch_weapon"]);
    const dropping = scene();
    dropping.step(1, { press: "KeyZ" });
    expect(dropping.names()).toEqual(["drop_weapon"]);
    expect(wished).toHaveLength(1);
  });

  test("with a weapon R does not look up; without one it does", () => {
    const { step, input } = scene();
    step(1, { press: "KeyR" });
    expect(input.pressed.has("KeyR")).toBe(false);
    const bare = scene({});
    bare.step(1, { press: "KeyR" });
    expect(bare.input.pressed.has("KeyR")).toBe(true);
  });
});

describe("a phone", () => {
  test("its button fires, and changes and loads once each", () => {
    const { step, names, app } = scene();
    Object.assign(app.arena.thumbs, { shown: true, fires: true });
    step(1);
    expect(names()).toEqual(["shoot"]);
    Object.assign(app.arena.thumbs, { fires: false, switches: true });
    step(5);
    expect(names()).toEqual(["shoot", "switch_weapon"]);
  });

  test("fires by itself at a monster in the middle of the view, unless a wall is before it or one does not want that", () => {
    const { step, names, app, box } = scene();
    app.arena.thumbs.shown = true;
    step(2, {}, [walker({ x: 2 })]);
    expect(names()).toEqual([]);
    step(1, {}, [walker()]);
    expect(names()).toEqual(["shoot"]);
    box(5, 4);
    step(20, {}, [walker()]);
    expect(names()).toEqual(["shoot"]);
    const unwilling = scene();
    unwilling.app.arena.thumbs.shown = true;
    unwilling.app.preferences.settings$.next({ ...unwilling.app.preferences.settings$.value, auto_fire: false });
    unwilling.step(5, {}, [walker()]);
    expect(unwilling.names()).toEqual([]);
  });

  test("at a desk nothing fires by itself", () => {
    const { step, names } = scene();
    step(5, {}, [walker()]);
    expect(names()).toEqual([]);
  });
});

test("a headset's hand shoots from where it is, in the direction in which it points", () => {
  const { step, wished, rig } = scene();
  rig.tracked = true;
  rig.right.tracked = rig.right.aims = true;
  rig.right.aim.set([0.3, 1.2, 0.4, 0, Math.SQRT1_2, 0, Math.SQRT1_2]);
  step(1, { trigger: true, gun_hand: rig.right });
  const [name, said] = wished[0] ?? [];
  const { origin, direction } = said as { origin: number[]; direction: number[] };
  expect(name).toBe("shoot");
  [0.3, 1.2, 0.4].forEach((part, axis) => expect(origin[axis]).toBeCloseTo(part));
  [1, 0, 0].forEach((part, axis) => expect(direction[axis]).toBeCloseTo(part));
});

test("what is seen of a shot ends at whom it meets, and a shotgun's are as many as it has pellets", () => {
  const { step, shown } = scene({ ...ARMED, weapons: { pistol: { ...PISTOL, pellets: 8, spread: 0.03 } } });
  step(1, { trigger: true }, [walker({ kind: "brute" })]);
  expect(shown).toHaveLength(8);
  for (const [, , z] of shown) expect(z).toBeLessThan(10);
  expect(new Set(shown.map(([x]) => x)).size).toBeGreaterThan(4);
});
