import { describe, expect, it } from "vitest";
import { SLOTS_MIN, Slots } from "./slots";

/** Puts an owner in and marks its memory with its own number. */
function put(slots: Slots, owner: number): void {
  const slot = slots.add(owner);
  slots.matrices.fill(owner, slot * 16, slot * 16 + 16);
  slots.colors.fill(owner, slot * 4, slot * 4 + 4);
}

/** Every owner's memory still carries its mark. */
function marksHold(slots: Slots, owners: readonly number[]): boolean {
  return owners.every((owner) => {
    const slot = slots.slot(owner);
    const matrix = slots.matrices.slice(slot * 16, slot * 16 + 16);
    const color = slots.colors.slice(slot * 4, slot * 4 + 4);
    return slot >= 0 && slots.owner(slot) === owner && [...matrix, ...color].every((part) => part === owner);
  });
}

describe("a batch's slots", () => {
  it("an owner keeps its slot when it is added twice", () => {
    const slots = new Slots();
    expect(slots.add(7)).toBe(slots.add(7));
    expect(slots.count).toBe(1);
  });

  it("the last one moves into the hole of a removed one", () => {
    const slots = new Slots();
    for (const owner of [10, 11, 12]) put(slots, owner);
    expect(slots.remove(10)).toBe(true);
    expect(slots.count).toBe(2);
    expect(slots.slot(12)).toBe(0);
    expect(marksHold(slots, [11, 12])).toBe(true);
    expect(slots.slot(10)).toBe(-1);
  });

  it("removing the last one moves nothing", () => {
    const slots = new Slots();
    for (const owner of [1, 2]) put(slots, owner);
    slots.remove(2);
    expect(marksHold(slots, [1])).toBe(true);
    expect(slots.owner(1)).toBe(-1);
  });

  it("removing a stranger changes nothing", () => {
    const slots = new Slots();
    put(slots, 1);
    expect(slots.remove(2)).toBe(false);
    expect(slots.count).toBe(1);
  });

  it("doubles when it is full and keeps everything", () => {
    const slots = new Slots();
    const owners = Array.from({ length: SLOTS_MIN + 1 }, (_, owner) => owner + 100);
    for (const owner of owners) put(slots, owner);
    expect(slots.capacity).toBe(SLOTS_MIN * 2);
    expect(marksHold(slots, owners)).toBe(true);
  });

  it("stays whole through a thousand comings and goings", () => {
    const slots = new Slots();
    const inside = new Set<number>();
    // A fixed sequence of a linear congruential generator: the same comings and goings in every run.
    let state = 1;
    for (let step = 0; step < 1_000; step += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      const owner = state % 97;
      if (inside.delete(owner)) slots.remove(owner);
      else {
        put(slots, owner);
        inside.add(owner);
      }
    }
    expect(slots.count).toBe(inside.size);
    expect(marksHold(slots, [...inside])).toBe(true);
  });
});
