/**
 * How one moves in this room, as its entities say: how fast everything falls, and whether people fly; and having it be
 * otherwise. Must not know bodies or screens.
 */
import { BehaviorSubject } from "rxjs";
import type { Building } from "./building";
import type { Reply } from "./commands";
import { GRAVITY } from "./generated";
import { type JsonObject, number } from "./json";
import { type Change, isGone } from "./replica";

export interface MovementRules {
  /** Upward, m/s². */
  readonly gravity_m_s2: number;
  /** Whether people may fly, whoever they are. */
  readonly flying: boolean;
}

/** Where nothing says otherwise. */
export const USUAL_RULES: MovementRules = { gravity_m_s2: GRAVITY, flying: true };

/** Said to whoever wants to fly and may not. */
export const NOBODY_FLIES = "Nobody flies in this room.";

/** What makers call the entity that is made to say it. */
const ROOM_NAME = "Room";

/** An entity that says something of it. */
interface Carrier {
  readonly id: string;
  readonly gravity: number | undefined;
  readonly flying: boolean | undefined;
}

export class RoomMovement {
  readonly rules$ = new BehaviorSubject(USUAL_RULES);
  readonly #building: Building;
  /** By index. */
  readonly #carriers = new Map<number, Carrier>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(building: Building) {
    this.#building = building;
  }

  /** Notes what entities say now; of several the one with the smallest id counts. */
  follow(changes: readonly Change[]): void {
    let changed = false;
    for (const change of changes) changed = this.#note(change) || changed;
    if (!changed) return;
    const gravity_m_s2 = this.#first("gravity")?.gravity ?? USUAL_RULES.gravity_m_s2;
    const flying = this.#first("flying")?.flying ?? USUAL_RULES.flying;
    const before = this.rules$.value;
    if (before.gravity_m_s2 !== gravity_m_s2 || before.flying !== flying) this.rules$.next({ gravity_m_s2, flying });
  }

  setGravity(gravity_m_s2: number): Promise<Reply> {
    return this.#inTurn(() => this.#say("gravity", { gravity: gravity_m_s2 }, this.rules$.value.gravity_m_s2 === gravity_m_s2));
  }

  setFlying(flying: boolean): Promise<Reply> {
    return this.#inTurn(() => this.#say("flying", { flying }, this.rules$.value.flying === flying));
  }

  /** One after the other: the second change finds the entity that the first has made. */
  #inTurn(change: () => Promise<Reply>): Promise<Reply> {
    const reply = this.#last.then(change);
    this.#last = reply;
    return reply;
  }

  async #say(name: "gravity" | "flying", components: JsonObject, is_so: boolean): Promise<Reply> {
    if (is_so) return { ok: true, response: {} };
    const carrier = this.#first(name) ?? this.#first();
    if (carrier !== undefined) return this.#building.update(carrier.id, components);
    return this.#building.make({ name: ROOM_NAME, ...components });
  }

  /** Who counts: of those that carry a component, or any of the two. */
  #first(name?: "gravity" | "flying"): Carrier | undefined {
    let first: Carrier | undefined;
    for (const carrier of this.#carriers.values()) {
      if (name !== undefined && carrier[name] === undefined) continue;
      if (first === undefined || carrier.id < first.id) first = carrier;
    }
    return first;
  }

  /** False when nothing was and is said there. */
  #note(change: Change): boolean {
    const { index, record } = change;
    if (record === undefined) return isGone(change) && this.#carriers.delete(index);
    // What people say of themselves is no rule for the others.
    const { flying, gravity: told, avatar } = record.components;
    if (avatar !== undefined) return this.#carriers.delete(index);
    const gravity = number(told);
    const flies = typeof flying === "boolean" ? flying : undefined;
    if (gravity === undefined && flies === undefined) return this.#carriers.delete(index);
    this.#carriers.set(index, { id: record.id, gravity, flying: flies });
    return true;
  }
}
