import { expect, test } from "vitest";
import { Push, twistOf } from "./push";

/** What a stick that goes this way says, frame by frame. */
function said(...sticks: readonly (readonly [number, number])[]): readonly string[] {
  const push = new Push();
  push.read(Float32Array.of(0, 0));
  return sticks.map((stick) => {
    push.read(Float32Array.of(...stick));
    return push.began ? `+${push.way}` : push.ended ? `-${push.was}` : push.way;
  });
}

test("one push is one turn, however long it is held and however it trembles", () => {
  expect(said([0.4, 0], [0.8, 0.1], [1, 0], [0.6, 0], [0.7, 0], [0.1, 0], [-0.9, 0])).toEqual([
    "none",
    "+right",
    "right",
    "right",
    "right",
    "-right",
    "+left",
  ]);
});

test("who aims ahead and turns the stick goes on aiming", () => {
  expect(said([0, 0.9], [0.7, 0.7], [1, 0], [0.7, -0.7], [0, 0])).toEqual(["+ahead", "ahead", "ahead", "ahead", "-ahead"]);
});

test("a stick that was pushed before it was seen means nothing until it was back", () => {
  const push = new Push();
  const ways = [1, 1, 0, 1].map((x) => {
    push.read(Float32Array.of(x, 0));
    return push.way;
  });
  expect(ways).toEqual(["none", "none", "none", "right"]);
});

test("a stick that is gone ends its push", () => {
  const push = new Push();
  push.read(Float32Array.of(0, 0));
  push.read(Float32Array.of(0, 1));
  push.read(undefined);
  expect([push.way, push.ended, push.was]).toEqual(["none", true, "ahead"]);
});

test("a stick that aims about straight is not turned, beyond that by its angle, and on its way back as before", () => {
  expect(twistOf(Float32Array.of(0.3, 0.95), 1)).toBe(0);
  expect(twistOf(Float32Array.of(1, 0), 0)).toBeCloseTo(Math.PI / 2);
  expect(twistOf(Float32Array.of(-0.7, -0.7), 0)).toBeCloseTo(-2.356, 3);
  expect(twistOf(Float32Array.of(-0.3, 0.2), 1.5)).toBe(1.5);
});
