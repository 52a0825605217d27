import { describe, expect, it } from "vitest";
import type { Json } from "../core/json";
import { lookQuaternion } from "../core/viewer";
import type { Vector } from "../scene/matrix";
import { AT_REST, Trail, weightOf } from "./throwing";

const FRAME_MS = 1_000 / 72;

/** A place on a straight way, turned about the upright axis. */
function place(at_s: number, [vx, vy, vz]: Vector, yaw = 0): Float32Array {
  return Float32Array.of(vx * at_s, vy * at_s, vz * at_s, ...lookQuaternion(yaw, 0));
}

/** Follows a thing through some frames; those listed are dropped. */
function followed(frames: number, velocity: Vector, spin = 0, dropped: readonly number[] = []): [Trail, number] {
  const trail = new Trail();
  for (let frame = 0; frame < frames; frame += 1) {
    const at_s = (frame * FRAME_MS) / 1_000;
    if (!dropped.includes(frame)) trail.note(place(at_s, velocity, spin * at_s), frame * FRAME_MS);
  }
  return [trail, (frames - 1) * FRAME_MS];
}

function expectClose(actual: Vector, expected: Vector): void {
  actual.forEach((part, axis) => expect(part).toBeCloseTo(expected[axis] ?? 0, 2));
}

describe("how something moves", () => {
  it("is told from its last places, and how it spins", () => {
    const [trail, now_ms] = followed(20, [3, 4, -2], 5);
    expectClose(trail.motion(now_ms).velocity, [3, 4, -2]);
    expectClose(trail.motion(now_ms).spin, [0, 5, 0]);
  });

  it("is the same when a frame is dropped", () => {
    const [trail, now_ms] = followed(20, [3, 4, -2], 5, [17]);
    expectClose(trail.motion(now_ms).velocity, [3, 4, -2]);
    expectClose(trail.motion(now_ms).spin, [0, 5, 0]);
  });

  it("is the swing, not the reaching back before it", () => {
    const trail = new Trail();
    for (let at_ms = 0; at_ms <= 400; at_ms += 10) {
      const x = at_ms < 300 ? -at_ms / 1_000 : -0.3 + (6 * (at_ms - 300)) / 1_000;
      trail.note(Float32Array.of(x, 0, 0, 0, 0, 0, 1), at_ms);
    }
    expectClose(trail.motion(400).velocity, [6, 0, 0]);
  });

  it("is hardly changed by what tracking trembles", () => {
    const trail = new Trail();
    for (let frame = 0; frame < 20; frame += 1) {
      const at_s = (frame * FRAME_MS) / 1_000;
      trail.note(place(at_s + (frame % 2 === 0 ? 0.001 : -0.001), [4, 0, 0]), frame * FRAME_MS);
    }
    expect(Math.abs(trail.motion(19 * FRAME_MS).velocity[0] - 4)).toBeLessThan(0.2);
  });

  it("is the same when every place is seen in two pictures, as of a hand that is tracked half as often", () => {
    for (const picture_ms of [7, 75, 120]) {
      const trail = new Trail();
      for (let at_ms = 0; at_ms < 20 * picture_ms; at_ms += picture_ms) {
        const tracked_ms = at_ms - (at_ms % (2 * picture_ms));
        trail.note(place(tracked_ms / 1_000, [0, 1, 2]), at_ms);
      }
      expectClose(trail.motion(20 * picture_ms).velocity, [0, 1, 2]);
    }
  });

  it("is told also where the picture in which the hand opens is as late as those before", () => {
    const trail = new Trail();
    for (const at_ms of [0, 140, 280]) trail.note(place(at_ms / 1_000, [0, 1, 2]), at_ms);
    expectClose(trail.motion(420).velocity, [0, 1, 2]);
    expect(trail.motion(600)).toEqual(AT_REST);
  });

  it("is told with slow pictures, too", () => {
    const trail = new Trail();
    for (const at_s of [0, 0.13, 0.26]) trail.note(place(at_s, [2, 0, 0], at_s), at_s * 1_000);
    expectClose(trail.motion(260).velocity, [2, 0, 0]);
    expectClose(trail.motion(260).spin, [0, 1, 0]);
  });

  it("is nothing for what has not moved for a tenth of a second", () => {
    const [trail, now_ms] = followed(20, [3, 0, 0]);
    expect(trail.motion(now_ms + 101)).toEqual(AT_REST);
    const rests = place(now_ms / 1_000, [3, 0, 0]);
    for (let at_ms = now_ms + 10; at_ms <= now_ms + 110; at_ms += 10) trail.note(rests, at_ms);
    expectClose(trail.motion(now_ms + 110).velocity, [0, 0, 0]);
  });

  it("is nothing for what is seen for the first time", () => {
    const trail = new Trail();
    expect(trail.motion(0)).toEqual(AT_REST);
    trail.note(place(0, [1, 0, 0]), 0);
    expect(trail.motion(0)).toEqual(AT_REST);
  });

  it("forgets what was before a jump, however far that went", () => {
    const [trail, now_ms] = followed(20, [1, 0, 0]);
    trail.note(Float32Array.of(5, 0, 0, 0, 0, 0, 1), now_ms + 14);
    expect(trail.motion(now_ms + 14)).toEqual(AT_REST);
    trail.note(Float32Array.of(5.02, 0, 0, 0, 0, 0, 1), now_ms + 34);
    expectClose(trail.motion(now_ms + 34).velocity, [1, 0, 0]);
  });

  it("is slowed down to what the room takes, in its direction", () => {
    const [fast, now_ms] = followed(20, [30, 40, 0], 28);
    const { velocity, spin } = fast.motion(now_ms);
    expectClose(velocity, [12, 16, 0]);
    expectClose(spin, [0, 20, 0]);
  });

  it("spins the shorter way round, whichever sign a quaternion has", () => {
    const trail = new Trail();
    trail.note(place(0, [0, 0, 0], 0), 0);
    trail.note(place(0, [0, 0, 0], -0.5).map((part) => -part), 100);
    expectClose(trail.motion(100).spin, [0, -5, 0]);
  });
});

describe("what flies", () => {
  it("has a body that moves by itself, in every spelling", () => {
    const bodies: readonly Json[] = [true, "dynamic", {}, { motion: "dynamic", mass: 2 }];
    const weights = bodies.map((body) => weightOf({ body }));
    expect(weights).toEqual([1, 1, 1, 1]);
  });

  it("falls as its share of gravity says", () => {
    expect([0.5, 0, -1].map((gravityFactor) => weightOf({ body: { gravityFactor } }))).toEqual([0.5, 0, -1]);
  });

  it("is nothing else", () => {
    const fixed = [false, "static", { motion: "kinematic" }, { motion: "static" }].map((body) => weightOf({ body }));
    expect([...fixed, weightOf({}), weightOf(undefined)]).toEqual(Array(6).fill(undefined));
  });
});
