import { describe, expect, test } from "vitest";
import type { Met } from "../../core/arena";
import type { Sprites } from "../arena/sprites";
import type { Vector } from "../matrix";
import { MARKS_MAX, MARK_MS, SHOTS_MAX, Shots, TRACER_MS } from "./shots";

/** Shots, and what is seen of them: kinds with where they are. */
function scene() {
  const seen: (readonly [string, number, number, number])[] = [];
  const note = (kind: string) => (x: number, y: number, z: number) => void seen.push([kind, x, y, z]);
  const sprites = { glow: note("glow"), streak: note("streak"), line: note("line"), mark: note("mark") } as unknown as Sprites;
  const shots = new Shots(sprites, (out) => void out.splice(0, 3, 0, 0, -1));
  const draw = (now_ms: number) => {
    seen.length = 0;
    const any = shots.draw(now_ms);
    return { any, marks: seen.filter(([kind]) => kind === "mark"), glows: seen.filter(([kind]) => kind === "glow"), all: seen.length };
  };
  return { shots, draw };
}

const FROM: Vector = [0, 1, 0];
const TO: Vector = [0, 1, 24];
const tracer = (id: number, hit: Met = "thing") => ({ id, kind: "tracer", from: FROM, to: TO, speed_m_s: 0, started_ms: 1_000, hit }) as const;
const fireball = (id: number) => ({ id, kind: "fireball", from: FROM, to: TO, speed_m_s: 12, started_ms: 1_000, hit: "nothing" }) as const;

describe("shots", () => {
  test("a tracer is a streak for a moment, and leaves a mark that fades in eight seconds", () => {
    const { shots, draw } = scene();
    shots.add(tracer(1));
    expect(draw(1_010)).toMatchObject({ any: true, marks: [["mark", 0, 1, 24]] });
    expect(draw(1_000 + TRACER_MS + 10).marks).toHaveLength(1);
    expect(draw(1_000 + MARK_MS - 10)).toMatchObject({ any: false, all: 1 });
    expect(shots.fading).toBe(true);
    expect(draw(1_000 + MARK_MS + 10)).toMatchObject({ any: false, all: 0 });
    expect(shots.count).toBe(0);
  });

  test("nothing is left where nothing was met, a puff where somebody was", () => {
    const { shots, draw } = scene();
    shots.add(tracer(1, "nothing"));
    expect(draw(1_000 + TRACER_MS + 10)).toMatchObject({ any: false });
    shots.add({ ...tracer(2, "body"), started_ms: 2_000 });
    expect(draw(2_000 + TRACER_MS + 10)).toMatchObject({ any: true, marks: [] });
    expect(draw(2_600).any).toBe(false);
  });

  test("what flies is where the clock puts it, whenever one looks", () => {
    const { shots, draw } = scene();
    shots.add(fireball(7));
    for (const [ms, z] of [[500, 6], [1_500, 18], [1_000, 12]] as const) {
      expect(draw(1_000 + ms).glows.at(-1)).toEqual(["glow", 0, 1, z]);
    }
    expect(shots.light.bright).toBe(1);
    expect(shots.flies(7)).toBe(true);
  });

  test("what flies ends where it is told, with a burst, once", () => {
    const { shots, draw } = scene();
    shots.add(fireball(7));
    draw(1_500);
    shots.end(7, [0, 1, 6], "body");
    expect(shots.flies(7)).toBe(false);
    expect(draw(1_520).glows.some(([, , , z]) => z === 6)).toBe(true);
    shots.end(7, [0, 1, 6], "body");
    expect(draw(4_000).any).toBe(false);
  });

  test("what nobody says has ended waits where it should have, and is given up", () => {
    const { shots, draw } = scene();
    shots.add(fireball(7));
    expect(draw(3_300).glows.at(-1)?.[3]).toBeCloseTo(24);
    draw(3_700);
    expect(shots.flies(7)).toBe(false);
    expect(draw(6_000).any).toBe(false);
  });

  test("there are never more than so many at once: the oldest give way, and of marks, too", () => {
    const { shots, draw } = scene();
    for (let id = 0; id < SHOTS_MAX + 10; id += 1) shots.add(fireball(id));
    expect(shots.count).toBe(SHOTS_MAX);
    expect([shots.flies(9), shots.flies(10)]).toEqual([false, true]);
    for (let id = 0; id < MARKS_MAX + 20; id += 1) shots.add(tracer(1_000 + id));
    expect(draw(1_010).marks).toHaveLength(MARKS_MAX);
  });
});
