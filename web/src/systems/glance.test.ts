/** Eyes that turn to what was added. */
import { expect, test } from "vitest";
import { newViewer } from "../core/viewer";
import { Glance } from "./glance";

const after = (frames: number, looks = false) => {
  const viewer = { ...newViewer(), x: 0, y: 0, z: 0, yaw: 3, pitch: 0 };
  const glance = new Glance();
  glance.begin([0.5, 0.3, -3]);
  for (let frame = 0; frame < frames; frame += 1) glance.goOn(viewer, looks, 1 / 60);
  return viewer;
};

test("they turn to it the short way and are still then", () => {
  const seen = after(60);
  expect(seen.pitch).toBeGreaterThan(0.3);
  expect(Math.abs(Math.atan2(Math.sin(Math.atan2(0.5, -3) - seen.yaw), Math.cos(Math.atan2(0.5, -3) - seen.yaw)))).toBeLessThan(0.11);
  expect(after(200)).toEqual(seen);
});

test("whoever looks about looks where they like", () => {
  expect(after(60, true)).toMatchObject({ yaw: 3, pitch: 0 });
});
