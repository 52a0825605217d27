import { expect, test } from "vitest";
import { Solids } from "../scene/solids";
import { Flight, type Way, wayThrough } from "./flight";
import { AT_REST } from "./throwing";
import { placeAt } from "./testing/things";

const AIR: Way = (_x, _y, _z, _direction, length_m) => length_m;
const FALL = -9.81;

function position(flight: Flight, at_ms: number): number[] {
  return [...flight.at(at_ms).subarray(0, 3)];
}

function expectAt(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((part, axis) => expect(part).toBeCloseTo(expected[axis] ?? 0, 3));
}

function boxAt(solids: Solids, owner: number, x: number, y: number, z: number): void {
  const matrix = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1);
  solids.put(owner, "box", 0, [0.5, 0.5, 0.5], true, matrix, 0);
}

test("what is thrown goes on as it was thrown and falls, at any frame rate", () => {
  const motion = { velocity: [3, 2, 0], spin: [0, 0, 0] } as const;
  for (const step_ms of [14, 400]) {
    const flight = new Flight(placeAt(0, 1, 0), motion, FALL, 1_000, AIR);
    for (let at_ms = 1_000; at_ms < 1_400; at_ms += step_ms) flight.at(at_ms);
    expectAt(position(flight, 1_400), [1.2, 1 + 0.8 + (FALL * 0.16) / 2, 0]);
  }
});

test("it spins about its axis", () => {
  const flight = new Flight(placeAt(0, 0, 0), { velocity: [1, 0, 0], spin: [0, Math.PI, 0] }, 0, 0, AIR);
  expectAt([...flight.at(500).subarray(3)], [0, Math.SQRT1_2, 0, Math.SQRT1_2]);
});

test("it stops at the first thing in its way and stays there, but is not in its own way", () => {
  const solids = new Solids();
  boxAt(solids, 0, 0, 1, 0);
  boxAt(solids, 1, 0, 1, 3);
  const way = wayThrough({ solids, hasPlain: false }, 0);
  const flight = new Flight(placeAt(0, 1, 0), { velocity: [0, 0, 10], spin: [0, 9, 0] }, 0, 0, way);
  expectAt(position(flight, 100), [0, 1, 1]);
  expectAt(position(flight, 300), [0, 1, 2.5]);
  const lies = [...flight.at(300)];
  expect([...flight.at(900)]).toEqual(lies);
});

test("it falls to the plain where there is one, and past it where there is none", () => {
  const way = (hasPlain: boolean) => wayThrough({ solids: new Solids(), hasPlain }, 0);
  const down = (hasPlain: boolean) => new Flight(placeAt(0, 1, 0), AT_REST, FALL, 0, way(hasPlain));
  expectAt(position(down(true), 800), [0, 0, 0]);
  expect(position(down(false), 800)[1]).toBeLessThan(-2);
});

test("a room that does not answer has it wait instead of fly away", () => {
  const flight = new Flight(placeAt(0, 0, 0), { velocity: [2, 0, 0], spin: [0, 0, 0] }, 0, 0, AIR);
  expectAt(position(flight, 60_000), [2, 0, 0]);
});
