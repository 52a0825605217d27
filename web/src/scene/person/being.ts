/**
 * Those near enough to move in themselves: feet and life of each, kept while they are near. Pure; makes no garbage once
 * as many were near before.
 */
import { Gait } from "./gait";
import { Life } from "./life";

/** One person nearby. */
export class Being {
  index = -1;
  readonly gait = new Gait();
  readonly life = new Life();
  /** The frame in which they were last drawn. */
  frame = 0;
  /** They have no feet and no life yet. */
  fresh = true;
}

export class Beings {
  readonly #by_index = new Map<number, Being>();
  readonly #free: Being[] = [];
  #frame = 0;

  begin(): void {
    this.#frame += 1;
  }

  /** Whoever was not asked for in this frame is forgotten. */
  end(): void {
    for (const [index, being] of this.#by_index) {
      if (being.frame === this.#frame) continue;
      this.#by_index.delete(index);
      this.#free.push(being);
    }
  }

  of(index: number): Being {
    let being = this.#by_index.get(index);
    if (being === undefined) {
      being = this.#free.pop() ?? new Being();
      being.index = index;
      being.fresh = true;
      this.#by_index.set(index, being);
    }
    being.frame = this.#frame;
    return being;
  }

  /** Someone else has this index from now on. */
  forget(index: number): void {
    const being = this.#by_index.get(index);
    if (being !== undefined) being.fresh = true;
  }
}
