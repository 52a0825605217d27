import { expect, it } from "vitest";
import { wishesNow } from "./screens";

it("pictures are wished for as large as they are seen, small on a poor line, and not at all where nobody looks", () => {
  const wishes = { near1: "high", far01: "low", aside: "none" } as const;
  expect(wishesNow(wishes, false, true)).toEqual(wishes);
  expect(wishesNow(wishes, false, false)).toEqual({ near1: "low", far01: "low", aside: "none" });
  expect(wishesNow(wishes, true, true)).toEqual({ near1: "none", far01: "none", aside: "none" });
});
