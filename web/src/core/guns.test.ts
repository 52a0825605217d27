import { describe, expect, test } from "vitest";
import { gunInHand, gunKindOf, loadoutOf, namedColor, pickUpOf } from "./guns";

describe("guns", () => {
  test("are drawn by what they do", () => {
    expect(gunKindOf({})).toBe("pistol");
    expect(gunKindOf(true)).toBe("pistol");
    expect(gunKindOf({ pellets: 8 })).toBe("shotgun");
    expect(gunKindOf({ rate: 6 })).toBe("rifle");
    expect(gunKindOf({ kind: "projectile", rate: 9 })).toBe("launcher");
  });

  test("of somebody: the one in hand with what is loaded and left, and the names of all", () => {
    const components = { weapon: "b", weapons: { b: { capacity: 8, loaded: 3, ammo: "shells" }, a: { capacity: 0 } }, inventory: { shells: 12, bullets: 5 } };
    const { in_hand, names } = loadoutOf(components);
    expect(names).toEqual(["a", "b"]);
    expect(in_hand).toMatchObject({ name: "b", loaded: 3, reserve: 12, capacity: 8, kind: "pistol" });
    // Without a magazine all there are.
    expect(loadoutOf({ ...components, weapon: "a" }).in_hand).toMatchObject({ loaded: 5, reserve: 5 });
    expect(loadoutOf({}).in_hand).toBeUndefined();
    expect(loadoutOf({ weapon: "gone", weapons: {} }).in_hand).toBeUndefined();
    expect([gunInHand(components), gunInHand({}), gunInHand({ weapon: "x", weapons: {} })]).toEqual(["pistol", undefined, undefined]);
  });
});

test("what lies about is drawn by its item, keys in their colour", () => {
  expect(["health", "armour", "immunity", "shells", "red_key", "points"].map((item) => pickUpOf({ item }))).toEqual(["health", "armour", "immunity", "ammunition", "key", "points"]);
  expect(pickUpOf(true)).toBe("points");
  expect(namedColor("red_key")?.[0]).toBeGreaterThan(0.8);
  expect(namedColor("key")).toBeUndefined();
});
