/** The things of a room as a list. */
import { expect, test } from "vitest";
import type { Json } from "../../core/json";
import type { ListedThing } from "../../core/sites";
import { thingRows } from "./listed_things";

const thing = (entity: string, distance_m: number, components: { readonly [name: string]: Json }, lost?: ListedThing["lost"]): ListedThing => ({
  entity,
  components,
  distance_m,
  lost,
});

const THINGS = [
  thing("a", 1.25, { shape: { kind: "box" } }),
  thing("b", 12.4, { name: "Émile’s\nchair", locked: true }),
  thing("c", 40, { text: { value: "Hello" } }),
  thing("d", 900, { name: "Lost box", shape: { kind: "box" } }, "far"),
];

test("things are called by their name, else by what they say or are, with what nobody finds on top", () => {
  expect(thingRows(THINGS, "").map(({ name, aside }) => `${name}, ${aside}`)).toEqual([
    "Lost box, very far away",
    "Box, 1.3 m",
    "Émile’s chair, 12 m",
    "Hello, 40 m",
  ]);
});

test("they are found by a part of the name, whatever its accents", () => {
  expect(thingRows(THINGS, "emile").map(({ entity, locked }) => [entity, locked])).toEqual([["b", true]]);
  expect(thingRows(THINGS, "BOX").map(({ entity }) => entity)).toEqual(["d", "a"]);
});
