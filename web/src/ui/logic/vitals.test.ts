import { expect, test } from "vitest";
import { type Vitals, vitalsOf } from "../../core/vitals";
import { amountWords, ammoWords, chipsOf, clearMiddle, fallenLine, fallenWords, newsOf, swatchOf, TINT_MS, tintAfter, tintOf, toneOf, wholeHealth } from "./vitals";

const hurt = (share: number) => ({ amount: 100 * share, share, from_rad: null });
const at = (own: Parameters<typeof vitalsOf>[0]): Vitals => vitalsOf(own, {});

test("health is fine, low, then critical, and what is left of it is never none", () => {
  expect([100, 50, 49, 25, 24, 0].map((health) => toneOf(health, 100))).toEqual(["good", "good", "low", "low", "critical", "critical"]);
  expect([wholeHealth(0.2), wholeHealth(0)]).toEqual([1, 0]);
});

test("a colour in a name is its swatch, a word that only contains one is not", () => {
  expect([swatchOf("red_key"), swatchOf("Key (Blue)"), swatchOf("coin"), swatchOf("sacred sword"), swatchOf("constructor")]).toEqual([
    "#E2373A",
    "#2F7FD6",
    null,
    null,
    null,
  ]);
});

test("keys come first, several are counted, and what does not fit is said to be there", () => {
  const items = ["apple", "bone", "coin", "red_key", "blue_keycard", "monkey", "zebra"].map((name, nth) => ({ name, count: nth + 1 }));
  const { chips, more } = chipsOf(items, 4);
  expect(chips.map(({ words, count, key }) => [words, count, key])).toEqual([
    ["red key", "× 4", true],
    ["blue keycard", "× 5", true],
    ["apple", "", false],
  ]);
  expect(more).toBe(4);
  expect(chipsOf(items.slice(0, 4), 4).more).toBe(0);
});

test("large amounts are read in groups", () => {
  expect([amountWords(7), amountWords(1_250), amountWords(1_234_567.04), amountWords(-1_000.5)]).toEqual(["7", "1,250", "1,234,567", "-1,000.5"]);
});

test("a weapon says what is loaded and what is left, and one that needs nothing says nothing", () => {
  const weapon = { name: "shotgun", loaded: 6, capacity: 8, reserve: 24 };
  expect(ammoWords(weapon)).toEqual({ loaded: "6", reserve: "24" });
  expect(ammoWords({ ...weapon, loaded: null })).toEqual({ loaded: "24", reserve: "" });
  expect(ammoWords({ ...weapon, loaded: null, reserve: null })).toEqual({ loaded: "", reserve: "" });
});

test("it is read out when health gets low or is back, when armor is gone and when a weapon is another or empty", () => {
  expect(newsOf(at({ health: 90 }), at({ health: 80 }))).toBe("");
  expect(newsOf(at({ health: 90 }), at({ health: 40 }))).toBe("Health 40 of 100");
  expect(newsOf(at({ health: 90, armour: 5 }), at({ health: 20 }))).toBe("Health 20 of 100. No armor left");
  expect(newsOf(at({ health: 90 }), at({ health: 0, dead: { until: 1 } }))).toBe("");
  expect(newsOf(at({ health: 0, dead: { until: 1 } }), at({ health: 100 }))).toBe("");
  const armed = (loaded: number, shells: number) => at({ weapon: "shotgun", weapons: { shotgun: { ammo: "shells", capacity: 2, loaded } }, inventory: { shells } });
  expect(newsOf(at({}), armed(2, 4))).toBe("shotgun");
  expect([newsOf(armed(1, 4), armed(0, 4)), newsOf(armed(1, 0), armed(0, 0)), newsOf(armed(0, 0), armed(0, 0))]).toEqual(["Empty. Reload.", "Empty", ""]);
});

test("the more it hurts the redder the edge, up to a limit, and half of that where motion is unwelcome", () => {
  expect(tintOf(hurt(0.3), false)).toBeGreaterThan(tintOf(hurt(0.05), false));
  expect(tintOf(hurt(1), false)).toBeLessThan(0.65);
  expect(tintOf(hurt(1), true)).toBeLessThan(0.5 * tintOf(hurt(1), false));
});

test("a tint goes within its time, and what hurts over and over gets no redder than the limit", () => {
  expect([tintAfter(0.5, 0), tintAfter(0.5, TINT_MS)]).toEqual([0.5, 0]);
  expect(tintAfter(0.5, TINT_MS / 2)).toBeLessThan(0.25);
  expect(tintAfter(0.62, 10, 0.62)).toBeLessThanOrEqual(0.62);
});

test("the view stays clear away from where it hurts", () => {
  expect(clearMiddle(null)).toEqual([0, 0]);
  expect(clearMiddle(Math.PI / 2)[0]).toBeLessThan(0);
  expect(clearMiddle(0)[1]).toBeGreaterThan(0);
  expect(clearMiddle(Math.PI)[1]).toBeLessThan(0);
});

test("who died is told so, who did it, and when they are back", () => {
  expect(fallenWords({ by: "Spitter", back_s: 12 })).toEqual({ title: "You died", by: "Spitter got you", back: "Back in 12 s" });
  expect(fallenWords({ by: null, back_s: 0 })).toEqual({ title: "You died", by: "", back: "Back in a moment" });
  expect(fallenLine({ by: "Ben", back_s: 3 })).toBe("You died. Ben got you. Back in 3 s.");
  expect(fallenLine({ by: null, back_s: null })).toBe("You died. Back in a moment.");
});
