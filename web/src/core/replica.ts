/**
 * Reading the core's replica from TypeScript: parsed on demand, kept until it changes.
 *
 * Owns the cache and the meaning of a change list. The truth is the core's; must not know scenes or screens.
 */
import type { ClientCore, EntityRecord } from "./core-types";
import { CHANGE } from "./generated";
import type { JsonObject } from "./json";

/** One entity that changed. A removed one has no `record`; one removed and made again within a frame is `fresh`. */
export interface Change {
  readonly index: number;
  readonly mask: number;
  readonly record: EntityRecord | undefined;
  /** True when whatever was known of this index before must be forgotten. */
  readonly fresh: boolean;
}

export class Replica {
  readonly #core: ClientCore;
  readonly #records = new Map<number, EntityRecord>();

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Drains what changed since the last call. */
  drain(): readonly Change[] {
    const pairs = this.#core.changes();
    const changes: Change[] = [];
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const index = pairs[at] ?? 0;
      const mask = pairs[at + 1] ?? 0;
      this.#records.delete(index);
      const fresh = (mask & (CHANGE.created | CHANGE.removed)) !== 0;
      // A pure change of place is by far the most frequent and needs no JSON.
      const record = mask === CHANGE.transform ? undefined : this.record(index);
      changes.push({ index, mask, record, fresh });
    }
    return changes;
  }

  record(index: number): EntityRecord | undefined {
    const known = this.#records.get(index);
    if (known !== undefined) return known;
    const json = this.#core.entity(index);
    if (json === undefined) return undefined;
    const record = JSON.parse(json) as EntityRecord;
    this.#records.set(index, record);
    return record;
  }

  /** The components of an entity by its id, or undefined when there is none. */
  components(id: string): JsonObject | undefined {
    const index = this.#core.index_of(id);
    return index < 0 ? undefined : this.record(index)?.components;
  }

  /** What one may do with a thing now, as the room has it: bits of `INTERACTION`. */
  interactions(index: number): number {
    return index < 0 ? 0 : this.#core.interactions(index);
  }

  index(id: string): number {
    return this.#core.index_of(id);
  }

  id(index: number): string | undefined {
    return this.#core.id_of(index);
  }
}

/** True when the entity of this change is gone. */
export function isGone(change: Change): boolean {
  return change.fresh && change.record === undefined;
}
