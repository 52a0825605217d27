import { expect, test } from "vitest";
import { heldAt } from "./avatars";
import { testThings } from "./testing/things";

test("a hand reaches for what the room says that it holds, while that is known", () => {
  const { replica } = testThings({
    cup: {},
    ada: { avatar: {}, holding: { right: "cup", left: "far" } },
    ben: { avatar: {} },
  });
  expect([heldAt(replica, 1, "right"), heldAt(replica, 1, "left")]).toEqual([0, -1]);
  expect(heldAt(replica, 2, "right")).toBe(-1);
});
