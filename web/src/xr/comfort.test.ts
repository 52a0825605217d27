import { expect, test } from "vitest";
import type { Vignette } from "../core/headset_settings";
import { Comfort } from "./comfort";

/** A headset's frame. */
const FRAME_S = 1 / 72;

function after(seconds: number, vignette: Vignette, comfort: Comfort): Comfort {
  for (let gone = 0; gone < seconds; gone += FRAME_S) comfort.advance(vignette, FRAME_S);
  return comfort;
}

function moved(vignette: Vignette, motion: number): number {
  const comfort = new Comfort();
  comfort.motion = motion;
  return after(1, vignette, comfort).clear_rad ?? Number.POSITIVE_INFINITY;
}

test("the faster one is moved, and the stronger it is wished, the less of the edge is seen", () => {
  expect(moved("weak", 1)).toBeLessThan(moved("weak", 0.4));
  expect(moved("strong", 1)).toBeLessThan(moved("weak", 1));
  expect(moved("strong", 1)).toBeGreaterThan(0.3);
});

test("all is seen by who stands still or wishes no vignette", () => {
  expect([moved("strong", 0), moved("off", 1)]).toEqual([Infinity, Infinity]);
  const comfort = new Comfort();
  comfort.motion = 1;
  after(1, "strong", comfort);
  comfort.motion = 0;
  expect(after(1.5, "strong", comfort).clear_rad).toBeUndefined();
});

test("eyes are shut before anything happens behind them, and open again", () => {
  const comfort = new Comfort();
  comfort.close();
  comfort.advance("weak", FRAME_S);
  expect([comfort.closed, comfort.darkness > 0]).toEqual([false, true]);
  after(0.15, "weak", comfort);
  expect([comfort.closed, comfort.darkness]).toEqual([true, 1]);
  comfort.open();
  expect(comfort.closed).toBe(false);
  expect(after(0.3, "weak", comfort).darkness).toBe(0);
});

test("a head in a wall sees nearly nothing and is told, and everything when it is out", () => {
  const comfort = new Comfort();
  comfort.walled = true;
  comfort.advance("off", FRAME_S);
  expect(comfort.stuck).toBe(false);
  expect(after(0.5, "off", comfort).darkness).toBeGreaterThan(0.9);
  expect(comfort.stuck).toBe(true);
  comfort.walled = false;
  expect(comfort.stuck).toBe(false);
  expect(after(0.5, "off", comfort).darkness).toBe(0);
});

test("the edge reddens when something hurts, up to a limit, and is clear again within a second", () => {
  const comfort = new Comfort();
  for (let hit = 0; hit < 9; hit += 1) comfort.redden(0.6);
  expect(comfort.redness).toBeLessThanOrEqual(0.6);
  expect(comfort.redness).toBeGreaterThan(0.4);
  expect(after(0.85, "off", comfort).redness).toBe(0);
});

test("the edge is dim for whoever is dead, also for who wishes no vignette, and opens again", () => {
  const comfort = new Comfort();
  comfort.dead = true;
  expect(after(1, "off", comfort).clear_rad).toBeLessThan(0.7);
  comfort.dead = false;
  expect(after(1.5, "off", comfort).clear_rad).toBeUndefined();
});
