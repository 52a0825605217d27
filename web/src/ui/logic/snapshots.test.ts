/** The list of saved states. */
import { expect, it } from "vitest";
import { listedSnapshots, snapshotNameError } from "./snapshots";

it("named ones come first, newest on top, and the beginning last", () => {
  const listed = listedSnapshots([
    { name: "initial", kind: "initial", at_ms: 0 },
    { name: "auto 7", kind: "auto", at_ms: 9 },
    { name: "old", kind: "named", at_ms: 1 },
    { name: "new", kind: "named", at_ms: 5 },
  ]);
  expect(listed.map((snapshot) => snapshot.title)).toEqual(["new", "old", "auto 7", "Initial state"]);
  expect(listed.at(-1)?.action).toBe("Reset");
});

it("a saved state needs a name of at most eighty characters", () => {
  expect(snapshotNameError(" ")).toBe("Give it a name to find it again.");
  expect(snapshotNameError("x".repeat(81))).toBe("At most 80 characters; this has 81.");
  expect(snapshotNameError("Before the party")).toBeNull();
});
