import { describe, expect, test } from "vitest";
import type { ShotNews } from "../../core/arena";
import { loadoutOf } from "../../core/guns";
import type { ArenaScene } from "../../scene/arena/arena";
import { Shots } from "../../scene/shots/shots";
import { testRoom } from "../../xr/testing/room";
import type { Context } from "../context";
import { ArenaAtWork } from "../arena";
import { Flying } from "./flying";
import type { Noises } from "./noises";

const SELF = 3;
const BEN = 4;

/** Shots as they are drawn by a scene without a picture, and what is heard of them. */
function scene() {
  const { app } = testRoom();
  const marks: number[] = [];
  const nothing = () => undefined;
  const sprites = { glow: nothing, streak: nothing, line: nothing, bar: nothing, mark: (_x: number, _y: number, z: number) => void marks.push(z), ring: nothing };
  const shots = new Shots(sprites as never, (out) => void out.splice(0, 3, 0, 0, -1));
  const heard: string[] = [];
  const noises = { shot: (sound: string) => void heard.push(sound) } as unknown as Noises;
  const arena = new ArenaAtWork();
  const context = { app, arena, stage: { rig: { tracked: false } } } as unknown as Context;
  const flying = new Flying(context, { shots } as unknown as ArenaScene, noises);
  let now_ms = 10_000;
  const hear = (...news: readonly ShotNews[]) => flying.hear(news, SELF, now_ms);
  const draw = (after_ms = 0) => {
    now_ms += after_ms;
    marks.length = 0;
    shots.draw(now_ms);
    return marks.length;
  };
  return { app, flying, shots, heard, hear, draw, arena, now: () => now_ms };
}

const weapon = (more: object = {}) => {
  const { in_hand } = loadoutOf({ weapon: "gun", weapons: { gun: { capacity: 9, loaded: 9, ...more } } });
  if (in_hand === undefined) throw new Error("no weapon");
  return in_hand;
};
const news = (more: Partial<ShotNews> = {}): ShotNews => ({ id: 1, by: SELF, kind: "bullet", ended: true, met: "thing", at_ms: 10_000, from: [0, 1.8, 0], to: [0, 1.8, 20], speed_m_s: 0, ...more });

describe("one's own shots", () => {
  test("are seen at once and once; what they hit, when the room says so", () => {
    const { flying, shots, hear, draw, app } = scene();
    flying.shoot(weapon(), [0.2, 1.6, 0.5], [0, 1.8, 20], 10_000, true);
    expect(shots.count).toBe(1);
    expect(draw()).toBe(0);
    hear(news());
    expect(shots.count).toBe(1);
    expect(draw()).toBe(1);
    expect(app.arena.hits$.value).toBe(0);
  });

  test("that hit somebody are told to the crosshair, each", () => {
    const { flying, hear, app } = scene();
    flying.shoot(weapon(), [0, 1, 0], [0, 1, 9], 10_000, true);
    hear(news({ met: "body" }), news({ id: 2, met: "body" }), news({ id: 3, by: BEN, met: "body" }));
    expect(app.arena.hits$.value).toBe(2);
  });

  test("that were refused leave nothing", () => {
    const { flying, shots, draw } = scene();
    flying.shoot(weapon(), [0, 1, 0], [0, 1, 9], 10_000, true);
    expect(draw(200)).toBe(0);
    expect(shots.count).toBe(0);
  });

  test("that fly go on under the room's number, and end where the room says", () => {
    const { flying, shots, hear, draw, heard } = scene();
    flying.shoot(weapon({ kind: "projectile", speed: 30 }), [0, 1.8, 0], [0, 1.8, 60], 10_000, true);
    hear(news({ id: 40, ended: false, speed_m_s: 30, to: [0, 1.8, 60] }));
    expect(shots.count).toBe(1);
    draw(400);
    hear(news({ id: 40, ended: true, speed_m_s: 30, to: [0, 1.8, 12] }));
    expect(shots.count).toBe(0);
    expect(draw()).toBe(1);
    expect(heard).toEqual(["wall_hit"]);
  });

  test("of another tab of one's own are seen as the room tells them", () => {
    const { hear, shots } = scene();
    hear(news());
    expect(shots.count).toBe(1);
  });
});

describe("others' shots", () => {
  test("are seen and heard as of their weapon", () => {
    const { hear, shots, heard, arena } = scene();
    arena.armed.set(BEN, "shotgun");
    hear(news({ by: BEN, met: "body" }));
    expect(shots.count).toBe(1);
    expect(heard).toEqual(["body_hit", "shotgun"]);
  });

  test("that monsters throw fly until they end", () => {
    const { hear, shots, heard } = scene();
    hear(news({ id: 9, by: 70, kind: "fireball", ended: false, speed_m_s: 12 }));
    expect(shots.flies(9)).toBe(true);
    hear(news({ id: 9, by: 70, kind: "fireball", ended: true, speed_m_s: 12, met: "nothing" }));
    expect(shots.flies(9)).toBe(false);
    expect(heard).toEqual(["fireball", "burst"]);
  });
});
