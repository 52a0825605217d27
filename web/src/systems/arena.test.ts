import { expect, test } from "vitest";
import { isOfShooters } from "./arena";

test("what shooters need comes with a game, a monster, a weapon, or something to pick up that has no form", () => {
  expect([{ game: {} }, { monster: {} }, { gun: true }, { weapons: {} }, { collectable: { item: "health" } }].map(isOfShooters)).toEqual(Array(5).fill(true));
  expect([{ shape: { kind: "box" } }, { collectable: true, shape: { kind: "box" } }, { avatar: {}, nickname: "Ada" }].map(isOfShooters)).toEqual(Array(3).fill(false));
});
