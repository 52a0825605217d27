import { describe, expect, it } from "vitest";
import { AwayWatch } from "./away";
import { AVATAR_FLAG, AVATAR_ROW } from "./generated";

function rows(...people: readonly (readonly [index: number, flags: number])[]): Float32Array {
  const floats = new Float32Array(people.length * AVATAR_ROW.floats);
  people.forEach(([index, flags], row) => floats.set([index, flags], row * AVATAR_ROW.floats));
  return floats;
}

const { away, left } = AVATAR_FLAG;

describe("who is away", () => {
  it("is told when it changes, and only then", () => {
    const watch = new AwayWatch();
    expect(watch.read(rows([1, left], [2, 0]))).toBe(false);
    expect(watch.read(rows([1, left], [2, away]))).toBe(true);
    expect([...watch.away]).toEqual([2]);
    expect(watch.read(rows([1, left], [2, away | left]))).toBe(false);
    expect(watch.read(rows([1, away], [2, away]))).toBe(true);
    expect([...watch.away]).toEqual([1, 2]);
    expect(watch.read(rows([2, away]))).toBe(true);
    expect(watch.read(rows([2, 0]))).toBe(true);
    expect([...watch.away]).toEqual([]);
  });

  it("one for another is a change although the number is the same", () => {
    const watch = new AwayWatch();
    watch.read(rows([1, away], [2, 0]));
    expect(watch.read(rows([1, 0], [2, away]))).toBe(true);
    expect([...watch.away]).toEqual([2]);
  });
});
