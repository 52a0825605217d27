import { describe, expect, test } from "vitest";
import { DOING, type Monster } from "../../core/arena";
import { AVATAR_ROW } from "../../core/generated";
import type { JsonObject } from "../../core/json";
import type { Change } from "../../core/replica";
import { VOLLEY_MAX } from "../../core/volley";
import { testRoom } from "../../xr/testing/room";
import type { Context } from "../context";
import { Noises } from "./noises";

const BEN = 4;

/** A visitor at the origin, Ben beside them; what is heard. */
function scene() {
  const { app } = testRoom();
  Object.assign(app.viewer, { x: 0, y: 0, z: 0 });
  const heard: string[] = [];
  const hums: unknown[] = [];
  app.voice.ring = (sound, place, gain = 1) => void heard.push(`${sound}${place === undefined ? "" : ` at ${place.map(Math.round).join(",")}`}${gain < 0.3 ? " quietly" : ""}`);
  app.voice.hum = (ambience) => void hums.push(ambience);
  const rows = new Float32Array(AVATAR_ROW.floats);
  rows[AVATAR_ROW.index] = BEN;
  rows.set([3, 1.8, 0], AVATAR_ROW.head);
  const clock = { now_ms: 0 };
  const components = new Map<string, JsonObject>();
  const context = {
    app, clock,
    core: { avatars: () => rows, matrices: () => new Float32Array(16 * 10) },
    session: { self_id: "ada" },
    replica: { index: (id: string) => (id === "ben" ? BEN : -1), components: (id: string) => components.get(id) },
  } as unknown as Context;
  const noises = new Noises(context);
  const step = (monsters: readonly Monster[] = [], after_ms = 60) => {
    clock.now_ms += after_ms;
    heard.length = 0;
    noises.step(monsters);
    return [...heard];
  };
  const change = (index: number, components: JsonObject, now = true) => {
    const changes: Change[] = [{ index, mask: 0, record: { id: `e${index}`, version: 1, components }, fresh: false }];
    noises.follow(changes, now);
  };
  const tell = (event: string, payload: JsonObject) => {
    heard.length = 0;
    app.events$.next({ event, payload, seq: 1, at_ms: 0 });
    return [...heard, ...step()];
  };
  return { app, noises, step, change, tell, rows, hums, components };
}

const monster = (more: Partial<Monster> = {}): Monster => ({ id: 9, kind: "brute", size: 1, x: 0, y: 0, z: 8, yaw: 0, doing: DOING.stands, since_ms: 0, health_part: 1, ...more });

describe("monsters", () => {
  test("are heard when they see somebody, are hurt and fall, each once", () => {
    const { step } = scene();
    expect(step([monster()])).toEqual([]);
    expect(step([monster({ doing: DOING.walks })])).toEqual(["brute_sees at 0,1,8"]);
    expect(step([monster({ doing: DOING.walks })])).toEqual([]);
    expect(step([monster({ doing: DOING.hurts })])).toEqual(["brute_pain at 0,1,8"]);
    expect(step([monster({ doing: DOING.dies })])).toEqual(["brute_dies at 0,1,8"]);
  });

  test("growl now and then, those who are near", () => {
    const { step } = scene();
    const growls = (z: number, id: number) => Array.from({ length: 300 }, () => step([monster({ id, z })], 200)).flat().length;
    const near = growls(8, 1);
    expect(near).toBeGreaterThan(4);
    expect(near).toBeLessThan(16);
    expect(growls(60, 2)).toBe(0);
  });

  test("a hundred at once are a few", () => {
    const { step } = scene();
    const all = (doing: Monster["doing"]) => Array.from({ length: 100 }, (_, id) => monster({ id, z: 3 + id * 2, doing }));
    step(all(DOING.stands));
    const heard = step(all(DOING.hurts));
    expect(heard).toHaveLength(VOLLEY_MAX);
    expect(heard[0]).toBe("brute_pain at 0,1,3");
  });
});

describe("people", () => {
  test("step by how far they walk, oneself more quietly", () => {
    const { step, app, rows } = scene();
    step();
    const walk = (x: number) => {
      app.viewer.x += x;
      rows[AVATAR_ROW.head + 2] = (rows[AVATAR_ROW.head + 2] ?? 0) + x;
      return step();
    };
    const heard = Array.from({ length: 20 }, () => walk(0.15)).flat();
    expect(heard.filter((each) => each === "step quietly")).toHaveLength(3);
    expect(heard.filter((each) => each.startsWith("step at"))).toHaveLength(3);
    // Whoever is put elsewhere has not walked there.
    expect(walk(40)).toEqual([]);
  });

  test("who picks up, loads and changes is heard, oneself without a place", () => {
    const { tell, components } = scene();
    expect(tell("item_collected", { user_id: "ada", item: "health" })).toEqual(["pick_health"]);
    expect(tell("item_collected", { user_id: "ben", item: "red_key" })).toEqual(["pick_key at 3,2,0"]);
    components.set("ada", { weapons: { rifle: {} } });
    expect(tell("item_collected", { user_id: "ada", item: "rifle" })).toEqual(["pick_weapon"]);
    expect(tell("weapon_reloaded", { user_id: "ada" })).toEqual(["reload"]);
    expect(tell("user_joined", { user_id: "ben" })).toEqual([]);
  });
});

test("doors and lifts are heard when they go, not those that had gone before", () => {
  const { change, step } = scene();
  change(2, { door_state: "open" }, false);
  change(2, { door_state: "open", color: "#ffffff" });
  expect(step()).toEqual([]);
  change(2, { door_state: "closed" });
  change(3, { lift_state: "up" });
  expect(step()).toEqual(["door at 0,0,0", "lift at 0,0,0"]);
});

test("the place hums as its game says; of several the first counts", () => {
  const { change, hums, noises } = scene();
  change(6, { game: { ambience: "wind" } });
  change(5, { game: { ambience: "hall" } });
  change(5, { game: { ambience: "thunder" } });
  noises.end();
  expect(hums).toEqual(["wind", "hall", undefined, undefined]);
});
