import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { Rig } from "../scene/rig";
import { PanelPlace } from "./panel/place";
import { Standpoint } from "./standpoint";

const NOTHING = { cast: () => undefined };
const AHEAD = { m: 0.7, down: 0 };

/** Someone on a floor that is turned to +X, who looks a quarter turn further to the right of it. */
function standpoint(): Standpoint {
  const [rig, standing] = [new Rig(), new Standpoint()];
  rig.stand(10, 2, 0, Math.PI / 2);
  rig.head.set([0, 1.6, 0, ...lookQuaternion(Math.PI / 2, 0)]);
  standing.step(rig);
  return standing;
}

test("the head's turn counts, and the floor under it", () => {
  const { viewer } = standpoint();
  expect([viewer.x, viewer.y, Math.cos(viewer.yaw)]).toEqual([10, 2, expect.closeTo(-1)]);
});

test("a panel stands where one looks, at arm's reach", () => {
  const [standing, place] = [standpoint(), new PanelPlace(700, 500)];
  standing.put(place, AHEAD, NOTHING);
  expect([place.x, place.y, place.z]).toEqual([expect.closeTo(10), expect.closeTo(3.6), expect.closeTo(-0.7)]);
  expect(standing.isAtHand(place)).toBe(true);
});

test("before a wall it is nearer and looks as large, but never in one's face", () => {
  const [standing, place] = [standpoint(), new PanelPlace(700, 500)];
  const wallAt = (distance_m: number) => ({ cast: () => ({ owner: 1, distance_m }) });
  standing.put(place, AHEAD, wallAt(0.7));
  expect([-place.z, 1_000 * place.scale]).toEqual([expect.closeTo(0.58), expect.closeTo(0.58)]);
  standing.put(place, AHEAD, wallAt(0.2));
  expect(-place.z).toBeCloseTo(0.4);
});

test("beside a menu there is room for what is made", () => {
  const [standing, place] = [standpoint(), new PanelPlace(700, 500)];
  standing.put(place, AHEAD, NOTHING);
  const { yaw } = standing.beside();
  const edge = Math.atan(place.width / 2 / 1_000);
  expect(yaw - standing.viewer.yaw - edge).toBeGreaterThan(Math.atan(0.5 / 4));
});

test("what one went away or turned away from is not at hand", () => {
  const [standing, place] = [standpoint(), new PanelPlace(700, 500)];
  standing.put(place, AHEAD, NOTHING);
  const rig = new Rig();
  rig.head.set([0, 1.6, 0, 0, 0, 0, 1]);
  rig.stand(10, 2, 0, 0);
  standing.step(rig);
  expect(standing.isAtHand(place)).toBe(false);
  rig.stand(10, 2, 3, Math.PI);
  standing.step(rig);
  expect(standing.isAtHand(place)).toBe(false);
});
