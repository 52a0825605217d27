/**
 * The memory of one batch: equal things side by side in one matrix and one colour buffer, addressed by owner.
 *
 * Owns slots, growth and swap-remove. Pure: knows no Babylon and no entity; an owner is any number.
 * Adding and removing make no garbage but when the buffers double.
 */

const MATRIX_FLOATS = 16;
const COLOR_FLOATS = 4;
/** Slots of a new batch: most batches of a room hold a few things. */
export const SLOTS_MIN = 8;

export class Slots {
  /** 16 floats per slot. Replaced by a larger array when the batch grows. */
  matrices = new Float32Array(SLOTS_MIN * MATRIX_FLOATS);
  /** Red, green, blue, alpha per slot. Replaced together with `matrices`. */
  colors = new Float32Array(SLOTS_MIN * COLOR_FLOATS);
  readonly #slot_of = new Map<number, number>();
  #owners = new Int32Array(SLOTS_MIN);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get capacity(): number {
    return this.#owners.length;
  }

  /** The owner's slot, or -1. */
  slot(owner: number): number {
    return this.#slot_of.get(owner) ?? -1;
  }

  /** The owner of a slot below `count`, or -1. */
  owner(slot: number): number {
    return slot >= 0 && slot < this.#count ? (this.#owners[slot] ?? -1) : -1;
  }

  /** Gives the owner a slot at the end, or the one it has. */
  add(owner: number): number {
    const known = this.slot(owner);
    if (known >= 0) return known;
    if (this.#count === this.capacity) this.#double();
    const slot = this.#count;
    this.#count += 1;
    this.#owners[slot] = owner;
    this.#slot_of.set(owner, slot);
    return slot;
  }

  /** Takes the owner out; the last slot's content moves into the hole. False when it had no slot. */
  remove(owner: number): boolean {
    const slot = this.slot(owner);
    if (slot < 0) return false;
    const last = this.#count - 1;
    if (slot !== last) this.#move(last, slot);
    this.#slot_of.delete(owner);
    this.#count = last;
    return true;
  }

  #move(from: number, to: number): void {
    this.matrices.copyWithin(to * MATRIX_FLOATS, from * MATRIX_FLOATS, (from + 1) * MATRIX_FLOATS);
    this.colors.copyWithin(to * COLOR_FLOATS, from * COLOR_FLOATS, (from + 1) * COLOR_FLOATS);
    const owner = this.#owners[from] ?? -1;
    this.#owners[to] = owner;
    this.#slot_of.set(owner, to);
  }

  #double(): void {
    const capacity = this.capacity * 2;
    this.matrices = grown(this.matrices, capacity * MATRIX_FLOATS);
    this.colors = grown(this.colors, capacity * COLOR_FLOATS);
    const owners = new Int32Array(capacity);
    owners.set(this.#owners);
    this.#owners = owners;
  }
}

function grown(before: Float32Array<ArrayBuffer>, length: number): Float32Array<ArrayBuffer> {
  const after = new Float32Array(length);
  after.set(before);
  return after;
}
