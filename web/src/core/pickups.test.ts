import { Subject } from "rxjs";
import { expect, test } from "vitest";
import { type Reply, refused } from "./commands";
import { Pickups, RETRY_MS } from "./pickups";

function scene() {
  const asked: string[] = [];
  const vitals$ = new Subject<void>();
  const room = { answer: (): Reply => ({ ok: true, response: {} }) };
  const pickups = new Pickups(async (entity) => {
    asked.push(entity);
    return room.answer();
  }, vitals$);
  return { asked, pickups, room, vitals$ };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test("a thing one stands on is asked for once a second", async () => {
  const { asked, pickups, room } = scene();
  room.answer = () => refused("too_far");
  for (let now_ms = 0; now_ms < 2.5 * RETRY_MS; now_ms += 100) {
    pickups.touch("coin", now_ms);
    await settled();
  }
  expect(asked).toEqual(["coin", "coin", "coin"]);
});

test("what is not needed is left alone until something changes", async () => {
  const { asked, pickups, room, vitals$ } = scene();
  room.answer = () => refused("not_needed");
  pickups.touch("medkit", 0);
  await settled();
  pickups.touch("medkit", 10 * RETRY_MS);
  expect(asked).toHaveLength(1);
  vitals$.next();
  expect(pickups.touch("medkit", 20 * RETRY_MS)).toBe(true);
});

test("through a heap one does not ask for all at once, but has it all in the end", async () => {
  const { asked, pickups } = scene();
  const heap = Array.from({ length: 20 }, (_, nth) => `coin ${nth}`);
  for (const coin of heap) pickups.touch(coin, 0);
  expect(asked).toHaveLength(8);
  for (let again = 0; again < 3; again += 1) {
    await settled();
    for (const coin of heap) pickups.touch(coin, 100);
  }
  expect(new Set(asked).size).toBe(20);
  expect(asked).toHaveLength(20);
});
