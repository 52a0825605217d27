/**
 * What takes back this visitor's own changes of things, newest last and bounded.
 *
 * The room knows no such command: an undo is another change, which the room may refuse and others see as one.
 */
import { BehaviorSubject } from "rxjs";
import { COMPONENTS } from "./components";
import type { Json, JsonObject } from "./json";
import type { Thing } from "./sites";

/** Changes that can be taken back; the oldest are forgotten. */
export const UNDO_MAX = 50;

/** A command that takes something back. */
export interface Inverse {
  readonly command: "transact" | "delete_entity" | "update_components" | "remove_components";
  readonly payload: JsonObject;
}

/** Something that can be taken back. */
export interface Change {
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

  /** A thing is gone with all that hung on it; what others hang on comes first. */
  deleted(group: readonly Thing[]): Change {
    const ops = group.map(({ entity, components }) => ({ op: "create", entity, components: madeByPeople(components) }));
    const change = { entity: group[0]?.entity ?? "", names: "", inverses: [{ command: "transact", payload: { ops } } as const] };
    this.#add(change);
    return change;
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

  /** Forgets a change that is taken back by itself; false when it has been taken back already. */
  takeThis(change: Change): boolean {
    const at = this.#changes.indexOf(change);
    if (at < 0) return false;
    this.#changes.splice(at, 1);
    this.count$.next(this.#changes.length);
    return true;
  }

  #add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > UNDO_MAX) this.#changes.shift();
    this.count$.next(this.#changes.length);
  }
}

/** The components that people may write: the room adds its own anew. */
function madeByPeople(components: JsonObject): JsonObject {
  const kept = Object.entries(components).filter(([name]) => COMPONENTS[name]?.server_only !== true);
  return Object.fromEntries(kept);
}
