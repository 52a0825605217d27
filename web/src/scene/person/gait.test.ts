import { describe, expect, it } from "vitest";
import { CYCLE_FROM_M_S, Gait, STEP_FROM_M, STEP_S, type Stand, turnBetween } from "./gait";

const FRAME_S = 1 / 60;
const floor = () => 0;

function stand(more: Partial<Stand> = {}): Stand {
  return { x: 0, z: 0, yaw: 0, size: 1, floor_y: 0, hips_y: 0.88, seated: false, airborne: false, ...more };
}

function standing(): { gait: Gait; body: Stand } {
  const [gait, body] = [new Gait(), stand()];
  gait.plant(body);
  return { gait, body };
}

const places = ({ feet }: Gait) => feet.map(({ x, y, z }) => [x, y, z]);

/** Walks along +Z; calls `look` after every frame. */
function walk(gait: Gait, body: Stand, speed_m_s: number, frames: number, look: () => void = () => undefined): void {
  for (let frame = 0; frame < frames; frame += 1) {
    body.z += speed_m_s * FRAME_S;
    gait.go(body, FRAME_S, floor);
    look();
  }
}

describe("feet", () => {
  it("stand left and right under the body", () => {
    const { gait } = standing();
    expect(gait.feet[0].x).toBeLessThan(0);
    expect(gait.feet[1].x).toBeGreaterThan(0);
    expect(places(gait).map((foot) => foot[1])).toEqual([0, 0]);
  });

  it("stay where they are while the body sways", () => {
    const { gait, body } = standing();
    const before = places(gait);
    for (let frame = 0; frame < 120; frame += 1) {
      body.x = STEP_FROM_M * 0.6 * Math.sin(frame / 20);
      gait.go(body, FRAME_S, floor);
    }
    expect(places(gait)).toEqual(before);
  });

  it("step one at a time once the body has gone, and come to rest under it", () => {
    const { gait, body } = standing();
    let both = false;
    const look = () => (both ||= gait.feet[0].way < 1 && gait.feet[1].way < 1);
    walk(gait, body, 1.2, 60, look);
    walk(gait, body, 0, 90, look);
    expect(both).toBe(false);
    for (const foot of gait.feet) {
      expect(Math.abs(foot.z - body.z)).toBeLessThan(0.1);
      expect(foot.y).toBeCloseTo(0, 5);
    }
  });

  it("follow a turn that is too far for the hips", () => {
    const { gait, body } = standing();
    body.yaw = 0.3;
    walk(gait, body, 0, 30);
    expect(gait.yaw).toBeCloseTo(0, 5);
    body.yaw = 1.5;
    walk(gait, body, 0, Math.ceil((4 * STEP_S) / FRAME_S));
    expect(gait.yaw).toBeCloseTo(1.5, 1);
  });

  it("who runs has one foot ahead of the other, in turns", () => {
    const { gait, body } = standing();
    const ahead = new Set<number>();
    walk(gait, body, CYCLE_FROM_M_S + 1, 120, () => ahead.add(Math.sign(gait.feet[0].z - gait.feet[1].z)));
    expect(ahead).toEqual(new Set([0, 1, -1].filter((sign) => ahead.has(sign))));
    expect(ahead.has(1) && ahead.has(-1)).toBe(true);
    for (const foot of gait.feet) expect(Math.abs(foot.z - body.z)).toBeLessThan(0.8);
  });

  it("dangle under who jumps", () => {
    const { gait, body } = standing();
    Object.assign(body, { airborne: true, hips_y: 1.9 });
    walk(gait, body, 0, 40);
    for (const foot of gait.feet) {
      expect(foot.y).toBeGreaterThan(0.8);
      expect(foot.pitch).toBeGreaterThan(0.3);
    }
  });

  it("are ahead of who sits, on the floor before the seat", () => {
    const { gait, body } = standing();
    Object.assign(body, { seated: true, hips_y: 0.55, floor_y: 0.46 });
    walk(gait, body, 0, 60);
    for (const foot of gait.feet) {
      expect(foot.z).toBeGreaterThan(0.35);
      expect(foot.y).toBeCloseTo(0, 3);
    }
  });

  it("are under who was put elsewhere at once", () => {
    const { gait, body } = standing();
    Object.assign(body, { x: 20, z: -7 });
    gait.go(body, FRAME_S, floor);
    for (const foot of gait.feet) expect(Math.hypot(foot.x - 20, foot.z + 7)).toBeLessThan(0.2);
  });
});

it("a turn is the shorter way round", () => {
  expect(turnBetween(3, -3)).toBeCloseTo(2 * Math.PI - 6, 5);
  expect(turnBetween(0.2, 0.5)).toBeCloseTo(0.3, 5);
});
