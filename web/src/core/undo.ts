/**
 * What takes back this visitor's own changes of things, newest last and bounded.
 *
 * The room knows no such command: an undo is another change, which the room may refuse and others see as one.
 */
import { BehaviorSubject } from "rxjs";
import type { Json, JsonObject } from "./json";

/** Changes that can be taken back; the oldest are forgotten. */
export const UNDO_MAX = 50;

/** A command that takes something back. */
export interface Inverse {
  readonly command: "create_entity" | "delete_entity" | "update_components" | "remove_components";
  readonly payload: JsonObject;
}

interface Change {
  readonly entity: string;
  /** Which components of it, when it was changed; "" when it was made or deleted. */
  readonly names: string;
  readonly inverses: readonly Inverse[];
}

export class UndoList {
  /** How many changes can be taken back. */
  readonly count$ = new BehaviorSubject(0);
  readonly #changes: Change[] = [];

  made(entity: string): void {
    this.#add({ entity, names: "", inverses: [{ command: "delete_entity", payload: { entity } }] });
  }

  deleted(entity: string, components: JsonObject): void {
    this.#add({ entity, names: "", inverses: [{ command: "create_entity", payload: { entity, components } }] });
  }

  /** Some components changed from what they were. Going on with the same ones is one change: a drag comes back whole. */
  updated(entity: string, before: JsonObject, changed: JsonObject): void {
    const names = Object.keys(changed).sort();
    const last = this.#changes.at(-1);
    if (last?.entity === entity && last.names === names.join(" ")) return;
    const absent = names.filter((name) => !Object.hasOwn(before, name));
    const kept = names.filter((name) => Object.hasOwn(before, name));
    const components: JsonObject = Object.fromEntries(kept.map((name): [string, Json] => [name, before[name] ?? null]));
    this.#add({
      entity,
      names: names.join(" "),
      inverses: [
        ...(kept.length > 0 ? [{ command: "update_components", payload: { entity, components } } as const] : []),
        ...(absent.length > 0 ? [{ command: "remove_components", payload: { entity, names: absent } } as const] : []),
      ],
    });
  }

  /** What takes the last change back; it is forgotten. */
  take(): readonly Inverse[] | undefined {
    const change = this.#changes.pop();
    this.count$.next(this.#changes.length);
    return change?.inverses;
  }

  #add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > UNDO_MAX) this.#changes.shift();
    this.count$.next(this.#changes.length);
  }
}
