/** A gamepad at the desk. */
import { expect, test } from "vitest";
import { PadReader } from "./pad";

function pad(axes: readonly number[], down: readonly number[] = [], mapping: GamepadMappingType = "standard") {
  const buttons = Array.from({ length: 17 }, (_, index) => ({ pressed: down.includes(index), touched: false, value: 0 }));
  return { axes, buttons, mapping };
}

function reader() {
  const told: string[] = [];
  const read = new PadReader();
  return { told, read, now: (state?: ReturnType<typeof pad>) => read.read(state, (code) => told.push(`+${code}`), (code) => told.push(`-${code}`)) };
}

test("the left stick walks and the right one looks; up is ahead", () => {
  const { read, now } = reader();
  now(pad([0, -1, 1, 0]));
  expect(read.sticks).toMatchObject({ move_x: 0, move_y: 1, look_x: 1 });
  now(pad([Math.SQRT1_2, Math.SQRT1_2, 0, 0]));
  expect(Math.hypot(read.sticks.move_x, read.sticks.move_y)).toBeCloseTo(1);
  expect(read.sticks.move_y).toBeLessThan(0);
});

test("a stick that rests a little beside its middle does nothing", () => {
  const { read, now } = reader();
  now(pad([0.1, -0.1, 0.05, 0.12]));
  expect(read.moves).toBe(false);
});

test("its buttons are keys for as long as they are pressed", () => {
  const { told, now } = reader();
  now(pad([0, 0, 0, 0], [0, 2]));
  now(pad([0, 0, 0, 0], [0]));
  now();
  expect(told).toEqual(["+Space", "+KeyG", "-KeyG", "-Space"]);
});

test("the trigger clicks once a press", () => {
  const { read, now } = reader();
  const clicked = [7, 7, 0, 7].map((button) => (now(pad([0, 0, 0, 0], [button])), read.clicked));
  expect(clicked).toEqual([true, false, false, true]);
});

test("a device that is laid out otherwise is left alone", () => {
  const { told, read, now } = reader();
  now(pad([1, 1, 1, 1], [0], ""));
  expect([told, read.moves]).toEqual([[], false]);
});
