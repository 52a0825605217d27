/** The room's saved states: what there are, saving one, bringing one back. */
import { BehaviorSubject } from "rxjs";
import type { Reply } from "./commands";
import { type Json, isObject, member, number, text } from "./json";
import type { Wishes } from "./wishes";

export interface SavedSnapshot {
  readonly name: string;
  /** `before` is what the last restore replaced. */
  readonly kind: "initial" | "named" | "auto" | "before";
  readonly at_ms: number;
  /** Whose doing it is, if anybody's. */
  readonly by?: string;
  /** Things that were added, changed or brought back since. */
  readonly changed?: number;
}

/** The name of what the last restore replaced. */
export const BEFORE_RESTORE = "before_restore";

/** How often, milliseconds, and how many times what a restore replaced is asked for. */
const REPLACED_ASK_MS = 500;
const REPLACED_ASKS_MAX = 20;

export class SavedStates {
  readonly snapshots$ = new BehaviorSubject<readonly SavedSnapshot[]>([]);
  readonly #wishes: Wishes;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  async saveSnapshot(name: string): Promise<Reply> {
    const reply = await this.#wishes.command("save_snapshot", { name });
    if (reply.ok) await this.refreshSnapshots();
    return reply;
  }

  restoreSnapshot(name: string): Promise<Reply> {
    return this.#wishes.command("restore_snapshot", { name });
  }

  /** After a restore: what it replaced is listed once it is stored, which takes the room a moment. */
  async refreshReplaced(): Promise<void> {
    for (let asked = 0; asked < REPLACED_ASKS_MAX; asked += 1) {
      await this.refreshSnapshots();
      if (this.snapshots$.value.some(({ kind }) => kind === "before")) return;
      await new Promise((later) => setTimeout(later, REPLACED_ASK_MS));
    }
  }

  async refreshSnapshots(): Promise<void> {
    const reply = await this.#wishes.command("list_snapshots", {});
    if (reply.ok) this.snapshots$.next(readSnapshots(reply.response["snapshots"]));
  }
}

function readSnapshots(list: Json | undefined): readonly SavedSnapshot[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).filter(isObject).map((each) => ({
    name: text(each["name"]) ?? "",
    kind: snapshotKind(text(member(each, "kind"))),
    at_ms: number(each["at"]) ?? 0,
    ...optional("by", text(each["by"])),
    ...optional("changed", number(each["changed"])),
  }));
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: Value });
}

function snapshotKind(kind: string | undefined): SavedSnapshot["kind"] {
  return kind === "initial" || kind === "auto" || kind === "before" ? kind : "named";
}
