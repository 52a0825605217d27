/** What a room has that rules speak of. */
import { expect, test } from "vitest";
import type { ListedThing } from "../../../core/sites";
import { knownOf } from "./known";

const thing = (entity: string, components: ListedThing["components"]): ListedThing => ({ entity, components, distance_m: 1, lost: undefined });

test("tags, items, events and components of the room are offered, and the thing itself is not", () => {
  const known = knownOf(
    [
      thing("a", { name: "Lamp", tag: "lamp" }),
      thing("b", { tag: ["gate", "lamp"], made_up: 1, collectable: { item: "coin" } }),
      thing("c", { rules: [{ when: { event: "won" }, if: [{ not: { of: "actor", has: "blue_key" } }], then: [{ do: "give", item: "gem" }] }] }),
    ],
    "a",
  );
  expect(known.tags).toEqual(["gate", "lamp"]);
  expect(known.names.item).toEqual(["blue_key", "coin", "gem", "red_key"]);
  expect(known.names.event).toContain("won");
  expect(known.names.component).toContain("made_up");
  expect(known.names.component).not.toContain("rules");
  expect(known.things.map(({ entity }) => entity)).toEqual(["b", "c"]);
});
