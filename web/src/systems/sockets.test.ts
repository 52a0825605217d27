import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { Sockets, placeInSocket } from "./sockets";
import { testThings } from "./testing/things";

/** Two sockets a metre apart, half a metre above their things, the right one for what is red. */
function board(more: { readonly [id: string]: JsonObject } = {}) {
  const offset = { position: [0, 0.5, 0] };
  const things = testThings({ left: { socket: { offset } }, right: { socket: { accepts: "red", offset } }, ...more });
  things.put("right", [1, 0, 0]);
  const sockets = new Sockets();
  const all = ["left", "right", ...Object.keys(more)];
  const changes = all.map((_, index) => ({ index, mask: 1, record: things.replica.record(index), fresh: true }));
  sockets.follow(changes);
  const near = (thing: JsonObject, x: number, y = 0.5) => {
    const index = sockets.nearest(thing, [x, y, 0], things.replica, things.core.matrices());
    return all[index];
  };
  return { ...things, sockets, near };
}

test("something goes into the nearest free socket that it fits, from nearby", () => {
  const { near } = board();
  const [red, both, plain] = [{ tag: "red" }, { tag: ["big", "red"] }, {}];
  expect([near(plain, 0.2), near(plain, 0.4), near(plain, 0.9), near(plain, 0, 0)]).toEqual(["left", undefined, undefined, undefined]);
  expect([near(red, 0.9), near(both, 1.1), near({ tag: "redder" }, 1)]).toEqual(["right", "right", undefined]);
});

test("a socket with something in it takes nothing, one whose thing hangs elsewhere does", () => {
  const inside = (parent: string) => ({ ball: { in_socket: "left", parent: { entity: parent } } });
  expect(board(inside("left")).near({}, 0)).toBeUndefined();
  expect(board(inside("other")).near({}, 0)).toBe("left");
});

test("what is gone is no socket, and what was in it no longer", () => {
  const { sockets, near } = board({ ball: { in_socket: "left", parent: { entity: "left" } } });
  sockets.follow([{ index: 2, mask: 2, record: undefined, fresh: true }]);
  expect(near({}, 0)).toBe("left");
  sockets.follow([{ index: 0, mask: 64, record: { id: "left", version: 2, components: {} }, fresh: false }]);
  expect(near({}, 0)).toBeUndefined();
});

test("what is in a socket lies at its place there", () => {
  const { core, replica, put } = board();
  put("left", [1, 2, 3], [0, 0, Math.SQRT1_2, Math.SQRT1_2]);
  const place = new Float32Array(7);
  placeInSocket(0, replica, core.matrices(), place);
  // Turned by a quarter about z: up is to the left.
  expect([...place.subarray(0, 3)]).toEqual([0.5, 2, 3].map((part) => expect.closeTo(part, 3) as number));
});

test("what is in a socket is turned as the socket and its offset are", () => {
  const half = Math.SQRT1_2;
  const { core, replica, put } = board({ turned: { socket: { offset: { rotation: [half, 0, 0, half] } } } });
  put("turned", [0, 0, 0], [0, 0, half, half]);
  const place = new Float32Array(7);
  placeInSocket(2, replica, core.matrices(), place);
  // First a quarter about x as seen from it, then its own about z.
  expect([...place.subarray(3)]).toEqual([0.5, 0.5, 0.5, 0.5].map((part) => expect.closeTo(part, 3) as number));
});
