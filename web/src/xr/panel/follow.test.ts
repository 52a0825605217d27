import { expect, test } from "vitest";
import { Follower } from "./follow";

const FRAME_S = 1 / 72;

function after(follower: Follower, seconds: number, yaw: number, at_once = false): void {
  for (let passed_s = 0; passed_s < seconds; passed_s += FRAME_S) follower.step(0, 1.6, 0, yaw, FRAME_S, at_once);
}

test("it stays while the head looks about", () => {
  const follower = new Follower();
  after(follower, 0.1, 0);
  after(follower, 2, 0.3);
  expect(follower.yaw).toBe(0);
});

test("it comes after a head that turned away, without a jump, and rests before it", () => {
  const follower = new Follower();
  after(follower, 0.1, 3);
  follower.step(0, 1.6, 0, -3, FRAME_S, false);
  expect(Math.abs(follower.yaw - 3)).toBeLessThan(0.05);
  after(follower, 0.1, -2.5);
  // The short way round.
  expect(follower.yaw).toBeGreaterThan(3);
  after(follower, 2, -2.5);
  expect(Math.cos(follower.yaw + 2.5)).toBeGreaterThan(0.999);
});

test("who wants nothing to glide sees it there at once", () => {
  const follower = new Follower();
  after(follower, 0.1, 0, true);
  follower.step(0, 1.6, 0, 1, FRAME_S, true);
  expect(follower.yaw).toBe(1);
});

test("a head that jumped has it along at once", () => {
  const follower = new Follower();
  after(follower, 0.1, 0);
  follower.step(5, 1.2, 0, 2, FRAME_S, false);
  expect([...follower.point, follower.yaw]).toEqual([5, 1.2, 0, 2]);
});
