import { expect, test } from "vitest";
import type { JsonObject } from "../core/json";
import { isOfShooters } from "./arena";

test("what shooters need comes with a game, a monster, a weapon, or something to pick up that has no form", () => {
  const theirs: readonly JsonObject[] = [{ game: {} }, { monster: {} }, { gun: true }, { weapons: {} }, { collectable: { item: "health" } }];
  const others: readonly JsonObject[] = [{ shape: { kind: "box" } }, { collectable: true, shape: { kind: "box" } }, { avatar: {}, nickname: "Ada" }];
  expect(theirs.every(isOfShooters)).toBe(true);
  expect(others.some(isOfShooters)).toBe(false);
});
