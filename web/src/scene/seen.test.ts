import { expect, test } from "vitest";
import { Seen } from "./seen";
import { Slots } from "./slots";
import { ViewCone } from "./view_cone";

/** A box of one metre in each of these places, as red as its number. */
function boxesAt(places: readonly (readonly [number, number, number])[]): Slots {
  const slots = new Slots();
  for (const [owner, [x, y, z]] of places.entries()) {
    const slot = slots.add(owner);
    slots.matrices.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1], slot * 16);
    slots.colors.set([owner, 0, 0, 1], slot * 4);
  }
  return slots;
}

function coloursOf({ colors, count }: Seen): number[] {
  return Array.from({ length: count }, (_, at) => colors[at * 4] ?? -1);
}

const ahead = new ViewCone();
ahead.open(1, 1);
ahead.look(Float32Array.of(0, 0, 0, 0, 0, 0, 1));

test("boxes before the eye are drawn with their own colours, those behind and beside it are not", () => {
  const seen = new Seen();
  seen.gather(boxesAt([[0, 0, 5], [0, 0, -5], [40, 0, 5], [1, 0, 9]]), ahead);
  expect(coloursOf(seen)).toEqual([0, 3]);
  expect([...seen.matrices.subarray(28, 32)]).toEqual([1, 0, 9, 1]);
});

test("a box is drawn whose middle is out of the picture and whose corner is in it", () => {
  const slots = boxesAt([[6, 0, 5]]);
  const seen = new Seen();
  seen.gather(slots, ahead);
  expect(seen.count).toBe(0);
  slots.matrices[0] = 8;
  seen.gather(slots, ahead);
  expect(seen.count).toBe(1);
});

test("more come than there was room for, and go again", () => {
  const seen = new Seen();
  const places = Array.from({ length: 20 }, (_, at) => [0, 0, 5 + at] as const);
  seen.gather(boxesAt(places.slice(0, 2)), ahead);
  seen.gather(boxesAt(places), ahead);
  expect(coloursOf(seen)).toEqual(places.map((_, at) => at));
  seen.gather(boxesAt([]), ahead);
  expect(seen.count).toBe(0);
});
