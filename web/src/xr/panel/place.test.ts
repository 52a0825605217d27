import { expect, test } from "vitest";
import { PanelPlace, wrappedAngle } from "./place";

const EYE = [1, 1.6, -2];

test("a panel before the eye is met in its middle by whoever looks there", () => {
  const panel = new PanelPlace(700, 520);
  const [yaw, pitch] = [0.7, 0.2];
  panel.before(EYE, yaw, pitch, 0.7);
  const look = [Math.sin(yaw) * Math.cos(pitch), -Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)] as const;
  expect(panel.meet([1, 1.6, -2], [...look])).toBeCloseTo(0.7);
  expect([panel.u, panel.v]).toEqual([expect.closeTo(350), expect.closeTo(260)]);
});

test("left is left and up is up for whoever looks at it", () => {
  const panel = new PanelPlace(400, 200);
  panel.before([0, 1.5, 0], 0, 0, 1);
  expect(panel.touch(-0.1, 1.55, 1)).toBe(true);
  expect([panel.u, panel.v]).toEqual([expect.closeTo(100), expect.closeTo(50)]);
  panel.before([0, 1.5, 0], Math.PI / 2, 0, 1);
  panel.touch(1, 1.5, 0.1);
  expect(panel.u).toBeCloseTo(100);
});

test("a panel that is nearer is smaller by as much, and looks the same", () => {
  const panel = new PanelPlace(400, 200);
  for (const distance_m of [0.5, 1, 2]) {
    panel.before([0, 0, 0], 0, 0, distance_m);
    panel.meet([0, 0, 0], [-0.1, 0, 1]);
    expect(panel.u).toBeCloseTo(100);
  }
});

test("a point of the sheet is where it is touched", () => {
  const panel = new PanelPlace(700, 520);
  panel.before(EYE, 2.1, 0.4, 0.7);
  panel.touch(...panel.point(120, 480));
  expect([panel.u, panel.v, panel.front_m]).toEqual([expect.closeTo(120), expect.closeTo(480), expect.closeTo(0)]);
});

test("a ray misses what it goes past, away from, or comes to from behind", () => {
  const panel = new PanelPlace(400, 200);
  panel.before([0, 1.5, 0], 0, 0, 1);
  expect(panel.meet([0, 1.5, 0], [0.3, 0, 0.95])).toBeUndefined();
  expect(panel.meet([0, 1.5, 0], [0, 0, -1])).toBeUndefined();
  expect(panel.meet([0, 1.5, 2], [0, 0, -1])).toBeUndefined();
  expect(panel.meet([0, 1.5, 2], [0, 0, 1])).toBeUndefined();
});

test("a fingertip knows how far before the panel it is, and when it is through", () => {
  const panel = new PanelPlace(400, 200);
  panel.before([0, 1.5, 0], 0, 0.5, 1);
  const [x, y, z] = [panel.x, panel.y, panel.z];
  panel.touch(x, y + 0.05 * Math.sin(0.5), z - 0.05 * Math.cos(0.5));
  expect([panel.front_m, panel.u, panel.v]).toEqual([expect.closeTo(0.05), expect.closeTo(200), expect.closeTo(100)]);
  panel.touch(x, y - 0.02 * Math.sin(0.5), z + 0.02 * Math.cos(0.5));
  expect(panel.front_m).toBeCloseTo(-0.02);
});

test("a panel that is put somewhere is upright for whoever looks there", () => {
  const panel = new PanelPlace(300, 200);
  panel.put(1, 1.2, -1.6, 0, 0.6, 0.5);
  const above = panel.point(150, 50);
  expect([above[0], above[1] > 1.2, above[2] > -1.6]).toEqual([expect.closeTo(1), true, true]);
  expect(Math.hypot(above[1] - 1.2, above[2] + 1.6)).toBeCloseTo(0.025);
});

test("an angle is the short way round", () => {
  expect(wrappedAngle(1.5 * Math.PI)).toBeCloseTo(-0.5 * Math.PI);
  expect(wrappedAngle(-7 * Math.PI)).toBeCloseTo(-Math.PI);
});
