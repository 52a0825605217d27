import { NullEngine } from "@babylonjs/core/Engines/nullEngine";
import { Scene } from "@babylonjs/core/scene";
import { describe, expect, test } from "vitest";
import { DOING, MONSTERS_MAX, MONSTER_KINDS, type Monster } from "../../core/arena";
import type { Sprites } from "../arena/sprites";
import { skinOf } from "../person/skin";
import { Swarm } from "../swarm";
import { ViewCone } from "../view_cone";
import { BREEDS, Monsters, NEAR_MONSTERS_MAX } from "./monsters";

/** Monsters seen from the origin along +Z, and what glows of them. */
function stage() {
  const scene = new Scene(new NullEngine());
  const view = new ViewCone();
  view.look(Float32Array.of(0, 1.6, 0, 0, 0, 0, 1));
  view.open(1.05, 1.6);
  const bars: number[] = [];
  const glows: number[] = [];
  const sprites = { glow: (_x: number, y: number) => void glows.push(y), bar: (x: number, y: number, _z: number, to_x: number) => void bars.push(to_x - x, y) } as unknown as Sprites;
  const swarms = new Map<string, Swarm>();
  const monsters = new Monsters((name, part) => {
    const swarm = new Swarm(() => skinOf(name, part.clay(), scene));
    swarms.set(name, swarm);
    return swarm;
  }, sprites, view);
  let now_ms = 1_000;
  const show = (list: readonly Monster[], frames = 1, frame_ms = 50) => {
    for (let frame = 0; frame < frames; frame += 1) {
      bars.length = glows.length = 0;
      now_ms += frame_ms;
      monsters.show(list, now_ms);
    }
  };
  const counts = () => Object.fromEntries([...swarms].filter(([, { count }]) => count > 0).map(([name, { count }]) => [name, count]));
  const heights = (name: string) => {
    const swarm = swarms.get(name);
    return Array.from({ length: swarm?.count ?? 0 }, (_, at) => swarm?.matrices[at * 16 + 13] ?? NaN);
  };
  return { monsters, show, counts, heights, bars, glows, swarms, now: () => now_ms };
}

const monster = (id: number, more: Partial<Monster> = {}): Monster => ({
  id, kind: "walker", size: 1, x: 0, y: 0, z: 5, yaw: Math.PI, doing: DOING.stands, since_ms: NaN, health_part: 1, ...more,
});

describe("clay", () => {
  test.each(MONSTER_KINDS)("of a %s is whole, affordable, and gets coarser with distance", (kind) => {
    const { near, far, distant } = BREEDS[kind];
    const triangles = (parts: typeof near) => parts.reduce((sum, { clay, bones }) => sum + clay().triangles * bones.length, 0);
    for (const { clay } of [...near, ...far, ...distant]) {
      const { positions, normals, colors, traits, indices, corners } = clay();
      for (const list of [positions, normals, colors, traits]) expect(list.every(Number.isFinite)).toBe(true);
      expect([normals.length, colors.length, traits.length]).toEqual([3 * corners, 4 * corners, 2 * corners]);
      expect(Math.max(...indices)).toBeLessThan(corners);
    }
    expect(triangles(near)).toBeLessThan(2_600);
    expect(triangles(far)).toBeLessThan(triangles(near) / 2);
    expect(triangles(distant)).toBeLessThan(200);
  });
});

describe("monsters", () => {
  test("near ones are drawn limb by limb, farther ones in pieces, those behind the eye not at all", () => {
    const { show, counts, monsters } = stage();
    show([monster(1), monster(2, { z: 40 }), monster(3, { z: 200 }), monster(4, { z: -8 })]);
    expect(counts()).toEqual({ "walker torso": 1, "walker head": 1, "walker upper arm": 2, "walker forearm": 2, "walker thigh": 2, "walker shin": 2, "walker whole": 1, "walker leg": 2, "walker distant": 1 });
    expect(monsters.count).toEqual({ near: 1, far: 2, unseen: 1 });
  });

  test("of very many only some move limb by limb, and no more than there may be are drawn", () => {
    const { show, monsters } = stage();
    show(Array.from({ length: MONSTERS_MAX + 50 }, (_, id) => monster(id, { z: 6 + (id % 16) * 0.6, x: (Math.floor(id / 16) - 9) * 0.3 })));
    const { near, far, unseen } = monsters.count;
    expect(near).toBeLessThanOrEqual(NEAR_MONSTERS_MAX);
    expect(near + far + unseen).toBe(MONSTERS_MAX);
  });

  test("a boss is as large as told", () => {
    const { show, heights } = stage();
    show([monster(1, { kind: "brute", z: 9 })]);
    const [usual = 0] = heights("brute torso");
    show([monster(1, { kind: "brute", z: 9, size: 2 })], 10);
    expect(heights("brute torso")[0]).toBeCloseTo(2 * usual, 0);
  });

  test("who walks goes by how far they went, whoever stands breathes", () => {
    const { show, swarms } = stage();
    const walker = monster(1, { doing: DOING.walks });
    const thigh = () => [...(swarms.get("walker thigh")?.matrices.subarray(0, 12) ?? [])];
    show([walker], 20);
    const before = thigh();
    for (let frame = 0; frame < 8; frame += 1) {
      walker.z -= 0.1;
      show([walker]);
    }
    const swung = thigh().reduce((sum, part, at) => sum + Math.abs(part - (before[at] ?? 0)), 0);
    expect(swung).toBeGreaterThan(0.3);
  });

  test("one that dies falls, lies, and has gone after two seconds", () => {
    const { show, heights, counts } = stage();
    const list = [monster(1)];
    show(list, 4);
    const [standing = 0] = heights("walker head");
    const dying = [monster(1, { doing: DOING.dies, health_part: 0 })];
    show(dying, 18);
    expect(heights("walker head")[0]).toBeLessThan(standing / 2.5);
    expect(heights("walker head")[0]).toBeGreaterThan(0);
    show(dying, 24);
    expect(counts()).toEqual({});
  });

  test("a hit shows what is left for three seconds, and nobody else's", () => {
    const { show, bars, monsters, now } = stage();
    show([monster(1), monster(2, { x: 1 })], 3);
    expect(bars).toEqual([]);
    const list = [monster(1, { health_part: 0.5 }), monster(2, { x: 1 })];
    show(list);
    expect(bars).toHaveLength(4);
    expect(monsters.hitAt(1)).toBe(now());
    show(list, 58);
    expect(bars).toHaveLength(4);
    show(list, 4);
    expect(bars).toEqual([]);
  });

  test("who is gone is forgotten: one with the same number begins anew", () => {
    const { show, bars } = stage();
    show([monster(1)], 2);
    show([]);
    show([monster(1, { health_part: 0.2 })]);
    expect(bars).toEqual([]);
  });

  test("eyes glow where they look at one", () => {
    const { show, glows } = stage();
    show([monster(1)]);
    expect(glows.length).toBeGreaterThan(0);
    show([monster(1, { yaw: 0 })], 30);
    expect(glows).toEqual([]);
  });
});
