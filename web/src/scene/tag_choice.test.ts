import { describe, expect, it } from "vitest";
import { CROWDED_FROM, TAGS_CROWDED_MAX, TAGS_MAX, TagChoice, tagsFor } from "./tag_choice";

interface Someone {
  readonly index: number;
  readonly distance_m: number;
  readonly x?: number;
  readonly shown?: boolean;
}

/** Names 0.2 wide and 0.04 high, at the same height in the picture. */
function choose(people: readonly Someone[]): number[] {
  const choice = new TagChoice();
  choice.begin();
  for (const { index, distance_m, x = index, shown = false } of people) {
    choice.consider(index, distance_m, x, 0, 0.1, 0.02, shown);
  }
  const count = choice.settle();
  return Array.from({ length: count }, (_, place) => choice.chosen(place));
}

describe("the choice of names", () => {
  it("few people all have their names, nearest first", () => {
    const people = [
      { index: 1, distance_m: 5 },
      { index: 2, distance_m: 2 },
      { index: 3, distance_m: 9 },
    ];
    expect(choose(people)).toEqual([2, 1, 3]);
  });

  it("of many only the nearest are named, however they are told", () => {
    const people = Array.from({ length: 1_000 }, (_, index) => ({ index, distance_m: ((index * 7) % 1_000) + 1 }));
    const chosen = choose(people);
    const nearest = [...people].sort((a, b) => a.distance_m - b.distance_m).slice(0, TAGS_CROWDED_MAX);
    expect(chosen).toEqual(nearest.map((person) => person.index));
  });

  it("of two names that would lie upon each other the nearer one is shown", () => {
    const people = [
      { index: 1, distance_m: 4, x: 0 },
      { index: 2, distance_m: 3, x: 0.05 },
      { index: 3, distance_m: 5, x: 0.4 },
    ];
    expect(choose(people)).toEqual([2, 3]);
  });

  it("a name that is shown stays although another came a little nearer", () => {
    const people = [
      { index: 1, distance_m: 3.3, x: 0, shown: true },
      { index: 2, distance_m: 3, x: 0.05 },
    ];
    expect(choose(people)).toEqual([1]);
    expect(choose(people.map((person) => ({ ...person, shown: false })))).toEqual([2]);
  });

  it("beyond the last chosen there is nobody", () => {
    const choice = new TagChoice();
    choice.begin();
    expect(choice.settle()).toBe(0);
    expect(choice.chosen(0)).toBe(-1);
  });

  it("the more people, the fewer names, down to a few", () => {
    const counts = [0, TAGS_MAX, 30, CROWDED_FROM, 1_000].map(tagsFor);
    expect([...counts].sort((a, b) => b - a)).toEqual(counts);
    expect(counts[0]).toBe(TAGS_MAX);
    expect(counts.at(-1)).toBe(TAGS_CROWDED_MAX);
  });
});
