import { expect, test } from "vitest";
import { lookQuaternion } from "../core/viewer";
import { Rig } from "../scene/rig";
import { HandsOn, type Reachable } from "./hands_on";
import { Haptics } from "./haptics";
import { PanelPlace } from "./panel/place";
import { Sheet } from "./panel/sheet";
import { Pointer } from "./pointer";

/** A panel at a distance straight ahead of the hands, all of it one button. */
function panel(name: string, distance_m: number, did: string[]): Reachable & { lit: string } {
  const place = new PanelPlace(1_000, 1_000);
  place.before([0, 1.5, 0], 0, 0, distance_m);
  const sheet = new Sheet(1_000, 1_000);
  sheet.target({ key: name, x: 0, y: 0, width: 1_000, height: 1_000, face: "raised", enabled: true, act: () => void did.push(name) });
  const made = { lit: "", in_rig: false, carrier: undefined, surface: { place, sheet, shown: true, light: (...keys: string[]) => void (made.lit = keys.join("")) } };
  return made;
}

function scene() {
  const [rig, pointer, hands, did] = [new Rig(), new Pointer(), new HandsOn(new Haptics()), [] as string[]];
  const felt: string[] = [];
  rig.right.tracked = rig.right.aims = true;
  rig.right.pulse = (strength) => void felt.push(strength > 0.5 ? "press" : "hover");
  const [near, far] = [panel("near", 0.6, did), panel("far", 1.2, did)];
  let now_ms = 0;
  /** A frame with the right hand somewhere, pointing ahead, and its trigger pulled so far. */
  const frame = (z: number, trigger: number, turn = 0): void => {
    rig.right.aim.set([0, 1.5, z, ...lookQuaternion(turn, 0)]);
    rig.right.pressed[0] = trigger;
    pointer.read(rig, rig.right);
    hands.step([far, near], pointer, rig, (now_ms += 14));
  };
  return { rig, pointer, near, far, did, felt, frame };
}

test("a ray lights and presses the nearest panel, takes the press, and the hand feels it", () => {
  const { pointer, near, far, did, felt, frame } = scene();
  frame(0, 0);
  expect([near.lit, far.lit, felt]).toEqual(["near", "", ["hover"]]);
  frame(0, 1);
  expect([did, felt]).toEqual([["near"], ["hover", "press"]]);
  expect([pointer.taken, pointer.hit_m]).toEqual([true, expect.closeTo(0.6)]);
});

test("a press that began on a panel belongs to it, one that began elsewhere presses none", () => {
  const { pointer, did, frame } = scene();
  frame(0, 0);
  frame(0, 1);
  frame(0, 1, Math.PI);
  expect(pointer.taken).toBe(true);
  frame(0, 0, Math.PI);
  expect(pointer.taken).toBe(false);
  frame(0, 1, Math.PI);
  frame(0, 1);
  expect(did).toEqual(["near"]);
});

test("a tip that goes through a panel presses it, and its ray waits meanwhile", () => {
  const { pointer, did, felt, frame } = scene();
  frame(0.55, 0);
  frame(0.55, 1);
  expect([did, pointer.taken]).toEqual([[], true]);
  frame(0.58, 0);
  frame(0.61, 0);
  expect([did, felt.at(-1)]).toEqual([["near"], "press"]);
});

test("of a hand with joints the tip of the index finger touches", () => {
  const { rig, did, frame } = scene();
  rig.right.jointed = true;
  rig.right.joints.set([0, 0, 0.15], 3 * 9);
  for (const z of [0.4, 0.43, 0.46]) {
    rig.right.place.set([0, 1.5, z]);
    frame(0.3, 0);
  }
  expect(did).toEqual(["near"]);
});

test("the hand that carries a panel neither points at it nor touches it", () => {
  const { rig, near, far, did, frame } = scene();
  near.carrier = rig.right;
  frame(0, 0);
  frame(0, 1);
  frame(0.58, 0);
  frame(0.62, 0);
  expect([did, near.lit, far.lit]).toEqual([["far"], "", "far"]);
});

test("a panel that is not shown is nothing to hands", () => {
  const { near, far, frame } = scene();
  near.surface.shown = far.surface.shown = false;
  frame(0, 0);
  expect([near.lit, far.lit]).toEqual(["", ""]);
});
