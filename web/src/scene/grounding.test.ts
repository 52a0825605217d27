import { beforeEach, describe, expect, it } from "vitest";
import { type CardSink, Grounding } from "./grounding";
import { shapeOf, halfExtents, type ShapeLook } from "./looks";
import { Solids } from "./solids";

/** Cards as they are handed out: x, height, z, half width, half depth, yaw, softness, strength. */
class Written implements CardSink {
  cards: (readonly number[])[] = [];
  beginStanding(): void {
    this.cards = [];
  }
  endStanding(): void {}
  add(...numbers: readonly number[]): void {
    this.cards.push(numbers);
  }
}

let solids: Solids;
let written: Written;
let grounding: Grounding;

beforeEach(() => {
  solids = new Solids();
  written = new Written();
  grounding = new Grounding(solids, written);
  grounding.tune([0, -1, 1], false, true);
});

function at(x: number, y: number, z: number): Float32Array {
  return new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1]);
}

function place(owner: number, look: ShapeLook, matrix: Float32Array): void {
  solids.put(owner, look.form, look.ratio, halfExtents(look), true, matrix, 0);
  grounding.move(owner, look, halfExtents(look), matrix, 0);
}

function put(owner: number, shape: { readonly kind: string; readonly [field: string]: number | string }, matrix: Float32Array): ShapeLook {
  const look = shapeOf(shape);
  if (look === undefined) throw new Error("no shape");
  grounding.put(owner, look, 1);
  place(owner, look, matrix);
  return look;
}

describe("cards on the ground", () => {
  it("a thing on the plain has one there, as large as itself", () => {
    put(1, { kind: "box", size: 1 }, at(3, 0.5, 2));
    grounding.settle();
    expect(written.cards[0]?.slice(0, 5)).toEqual([3, 0, 2, 0.5, 0.5]);
    expect(written.cards.length).toBe(1);
  });

  it("a thing on another lies on that, also when that came later", () => {
    put(1, { kind: "box", size: 0.4 }, at(0, 1.2, 0));
    grounding.settle();
    put(2, { kind: "box", size: 1 }, at(0, 0.5, 0));
    grounding.settle();
    expect(written.cards.map(([, y]) => y)).toEqual([1, 0]);
  });

  it("follows its ground when that moves or goes", () => {
    put(1, { kind: "box", size: 0.4 }, at(0, 1.2, 0));
    const table = put(2, { kind: "box", size: 1 }, at(0, 0.5, 0));
    grounding.settle();
    place(2, table, at(0, 0.3, 0));
    grounding.settle();
    expect(written.cards[0]?.[1]).toBeCloseTo(0.8);
    solids.remove(2);
    grounding.remove(2);
    grounding.settle();
    expect(written.cards.map(([, y]) => y)).toEqual([0]);
  });

  it("the higher it floats the fainter it is, until there is none", () => {
    const strength = (y: number) => {
      put(1, { kind: "sphere", diameter: 1 }, at(0, y, 0));
      grounding.settle();
      return written.cards[0]?.[7] ?? 0;
    };
    expect(strength(0.5)).toBeGreaterThan(strength(0.9));
    expect(strength(0.9)).toBeGreaterThan(0);
    expect(strength(3)).toBe(0);
  });

  it("floors and panes lie on nothing", () => {
    put(1, { kind: "ground", width: 4, height: 4 }, at(0, 0.2, 0));
    put(2, { kind: "plane", size: 1 }, at(0, 0.5, 0));
    grounding.settle();
    expect(written.cards).toEqual([]);
  });

  it("without shadows the sun throws a streak away from itself, as long as the thing is high", () => {
    grounding.tune([0, -1, 1], true, true);
    put(1, { kind: "box", size: 1 }, at(0, 0.5, 0));
    grounding.settle();
    const [, streak] = written.cards;
    expect((streak?.[2] ?? 0) + (streak?.[4] ?? 0)).toBeCloseTo(1.5);
  });

  it("a room that comes in is grounded over several frames, and says while it is not done", () => {
    for (let owner = 0; owner < 2_000; owner += 1) put(owner, { kind: "box", size: 0.2 }, at(owner, 0.1, 0));
    grounding.settle();
    expect(grounding.unsettled).toBe(true);
    expect(written.cards).toEqual([]);
    for (let frame = 0; grounding.unsettled && frame < 2_000; frame += 1) grounding.settle();
    expect(written.cards.length).toBe(2_000);
    expect(new Set(written.cards.map(([, y]) => y))).toEqual(new Set([0]));
  });
});
