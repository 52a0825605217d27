/** The list of saved states. */
import { expect, it } from "vitest";
import { keptWords, listedSnapshots, lossWords, replacedBy, snapshotNameError } from "./snapshots";

it("named ones come first, newest on top, and the beginning last", () => {
  const listed = listedSnapshots([
    { name: "initial", kind: "initial", at_ms: 0 },
    { name: "auto 7", kind: "auto", at_ms: 9 },
    { name: "old", kind: "named", at_ms: 1 },
    { name: "new", kind: "named", at_ms: 5 },
    { name: "before_restore", kind: "before", at_ms: 3 },
  ]);
  expect(listed.map((snapshot) => snapshot.title)).toEqual(["Before the last restore", "new", "old", "auto 7", "Initial state"]);
  expect(listed[0]?.action).toBe("Go back");
  expect(listed.at(-1)?.action).toBe("Reset");
});

it("a saved state needs a name of at most eighty characters", () => {
  expect(snapshotNameError(" ")).toBe("Give it a name to find it again.");
  expect(snapshotNameError("x".repeat(81))).toBe("At most 80 characters; this has 81.");
  expect(snapshotNameError("Before the party")).toBeNull();
});

it("says when and by whom, and what would be lost", () => {
  const noon_ms = new Date(2026, 10, 30, 12, 5).getTime();
  const party = { name: "Party", kind: "named", at_ms: noon_ms, by: "u1", changed: 3 } as const;
  const nameOf = (id: string) => (id === "u1" ? "Ana" : undefined);
  expect(keptWords(party, noon_ms, nameOf)).toBe("Today 12:05, by Ana");
  expect(keptWords({ ...party, by: "gone" }, noon_ms, nameOf)).toBe("Today 12:05");
  expect(lossWords(party)).toMatch(/^3 things were added, changed or brought back since/);
  expect(lossWords({ ...party, changed: 1 })).toMatch(/^One thing was/);
  expect(lossWords({ ...party, changed: 0 })).toBe("Nothing was added or changed since.");
});

it("knows which state a name would replace, however it is spelt", () => {
  const saved = [{ name: "Caf\u00e9", kind: "named", at_ms: 1 }, { name: "initial", kind: "initial", at_ms: 0 }] as const;
  expect(replacedBy(" Cafe\u0301 ", saved)?.name).toBe("Caf\u00e9");
  expect(replacedBy("initial", saved)).toBeUndefined();
});
