import { expect, test } from "vitest";
import { lookQuaternion } from "../../core/viewer";
import { type Hand, Rig } from "../../scene/rig";
import { microphoneWords } from "../../ui/logic/voice_words";
import { measure, press } from "../testing/room";
import { WristSight, layOutWrist } from "./wrist";

/** A head at eye height that looks down at what lies before it. */
const HEAD = Float32Array.of(0, 1.6, 0, ...lookQuaternion(0, 0.9));
/** Turns of a grip: out of the left palm is its +X. */
const PALM_TO_FACE = [0, 0, Math.SQRT1_2, Math.SQRT1_2];
const PALM_AWAY = [0, 0, -Math.SQRT1_2, Math.SQRT1_2];

function hand(turn: readonly number[], z = 0.35): Hand {
  const { left } = new Rig();
  left.tracked = true;
  left.place.set([0, 1.15, z, ...turn]);
  return left;
}

function seen(sight: WristSight, of: Hand, head = HEAD): boolean {
  sight.step(of, true, head);
  return sight.shown;
}

test("it is there while its owner looks at the inside of the wrist", () => {
  expect(seen(new WristSight(), hand(PALM_TO_FACE))).toBe(true);
  expect(seen(new WristSight(), hand(PALM_AWAY))).toBe(false);
  const ahead = Float32Array.of(0, 1.6, 0, 0, 0, 0, 1);
  expect(seen(new WristSight(), hand(PALM_TO_FACE), ahead)).toBe(false);
  expect(seen(new WristSight(), hand(PALM_TO_FACE, 1.2))).toBe(false);
});

test("the other hand is its mirror", () => {
  const sight = new WristSight();
  sight.step(hand(PALM_TO_FACE), false, HEAD);
  expect(sight.shown).toBe(false);
  sight.step(hand(PALM_AWAY), false, HEAD);
  expect(sight.shown).toBe(true);
});

test("once there it does not flicker while the hand trembles, and goes with the hand", () => {
  const tilted = (angle: number): readonly number[] => [0, 0, Math.sin(angle / 2), Math.cos(angle / 2)];
  const sight = new WristSight();
  const edge = tilted(0.5);
  expect(seen(sight, hand(edge))).toBe(false);
  expect(seen(sight, hand(PALM_TO_FACE))).toBe(true);
  expect(seen(sight, hand(edge))).toBe(true);
  const gone = hand(PALM_TO_FACE);
  gone.tracked = false;
  expect(seen(sight, gone)).toBe(false);
});

test("it floats over the wrist, towards the face, upright for who looks", () => {
  const sight = new WristSight();
  seen(sight, hand(PALM_TO_FACE));
  expect(sight.y).toBeGreaterThan(1.15);
  expect([sight.yaw, sight.pitch]).toEqual([expect.closeTo(0), expect.closeTo(0.9)]);
});

test("of a hand with joints the palm is known by its knuckles", () => {
  const left = hand([0, 0, 0, 1]);
  left.jointed = true;
  // Palm up: the index finger of a left hand is at the left then.
  left.joints.set([-0.03, 0, 0.09], 3 * 6);
  left.joints.set([0, 0, 0.09], 3 * 11);
  left.joints.set([0.03, 0, 0.09], 3 * 21);
  const sight = new WristSight();
  expect(seen(sight, left)).toBe(true);
  // Behind the wrist, so that the palm stays free.
  expect(sight.z).toBeLessThan(0.35);
  left.joints.set([0.03, 0, 0.09], 3 * 6);
  left.joints.set([-0.03, 0, 0.09], 3 * 21);
  expect(seen(new WristSight(), left)).toBe(false);
});

test("the microphone is a press away, the menu another", () => {
  const done: string[] = [];
  const words = { room: "Plaza", people: "2 people", bars: 4, unread: "", open: false, microphone: microphoneWords("off", false) };
  const sheet = layOutWrist(words, { toggle: () => void done.push("menu"), talk: () => void done.push("microphone") }, measure);
  press(sheet, "Menu");
  sheet.find("microphone")?.act();
  expect(done).toEqual(["menu", "microphone"]);
});
