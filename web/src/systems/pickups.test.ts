import { expect, test } from "vitest";
import { INTERACTION } from "../core/generated";
import type { JsonObject } from "../core/json";
import { testRoom } from "../xr/testing/room";
import type { Context } from "./context";
import { pickups } from "./pickups";
import { testThings } from "./testing/things";

/** A visitor among things, each at a place; the second is one that nobody may collect. */
function scene(places: { readonly [id: string]: readonly [number, number, number] }, offers: number = INTERACTION.collect) {
  const room = testRoom();
  const things = testThings(Object.fromEntries(Object.keys(places).map((id): [string, JsonObject] => [id, { collectable: {} }])));
  for (const [id, place] of Object.entries(places)) things.put(id, place);
  Object.assign(things.core, { interactions: () => offers });
  const changes = Object.keys(places).map((_, index) => ({ index, mask: 1, record: things.replica.record(index), fresh: true }));
  const clock = { now_ms: 0, changes };
  let step = (): void => undefined;
  pickups({ ...room, ...things, clock, onFrame: (run: () => void) => (step = run) } as unknown as Context);
  Object.assign(room.app.viewer, { x: 0, y: 0, z: 0 });
  const frames = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) {
      clock.now_ms += 50;
      step();
      clock.changes = [];
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  const asked = () => room.wished.flatMap(([name, { entity }]) => (name === "collect" ? [entity] : []));
  const game = (on: boolean) => {
    const record = on ? { id: "g", version: 1, components: { game: {} } } : undefined;
    room.app.vitals.follow([{ index: 99, mask: 1, record, fresh: !on }]);
    room.app.vitals.learn({}, 0);
  };
  return { ...room, frames, asked, game };
}

test("while a game is on, what one walks over is picked up, once a second, and nothing else", async () => {
  const { frames, asked, game } = scene({ near: [1, 0.3, 0], above: [0, 2.8, 0], far: [1.5, 1, 0] });
  await frames(5);
  expect(asked()).toEqual([]);
  game(true);
  await frames(10);
  expect([...asked()].sort()).toEqual(["above", "near"]);
  await frames(22);
  expect(asked().filter((id) => id === "near")).toHaveLength(2);
});

test("nothing is picked up that the room does not offer, nor by the dead, nor while one builds", async () => {
  const refused = scene({ near: [0, 0, 0] }, 0);
  refused.game(true);
  await refused.frames(10);
  const { app, frames, asked, game } = scene({ near: [0, 0, 0] });
  game(true);
  app.vitals.learn({ dead: { until: 9_000 } }, 0);
  await frames(10);
  app.vitals.learn({}, 0);
  app.building.build$.next(true);
  await frames(10);
  expect([refused.asked(), asked()]).toEqual([[], []]);
  app.building.build$.next(false);
  await frames(10);
  expect(asked()).toEqual(["near"]);
});
