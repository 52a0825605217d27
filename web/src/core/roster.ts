/**
 * The people of the room by their entity's index, and the names they were last known by. Knows no screen.
 */
import { type Person, inOrder, personOf, samePerson } from "./people";
import { type Change, isGone } from "./replica";

/** Names kept of people who left, so that "Ben left" can be said; the oldest are forgotten first. */
export const NAMES_KEPT_MAX = 2_000;

export class Roster {
  readonly #self_id: string;
  readonly #people = new Map<number, Person>();
  readonly #names = new Map<string, { readonly nickname: string; readonly color: string }>();

  constructor(self_id: string) {
    this.#self_id = self_id;
  }

  /** Takes a change in; true when a person came, went or looks different. */
  notice(change: Change, away: ReadonlySet<number>): boolean {
    const before = this.#people.get(change.index);
    if (isGone(change)) return this.#people.delete(change.index);
    if (change.record === undefined) return false;
    const { id, components } = change.record;
    return this.#put(change.index, before, personOf(id, components, this.#self_id, away.has(change.index)));
  }

  /** Marks who, by index, is away now; true when that changed anything. */
  noticeAway(away: ReadonlySet<number>): boolean {
    let changed = false;
    for (const [index, person] of this.#people) {
      if (person.away === away.has(index)) continue;
      this.#people.set(index, { ...person, away: !person.away });
      changed = true;
    }
    return changed;
  }

  get size(): number {
    return this.#people.size;
  }

  people(): readonly Person[] {
    return inOrder(this.#people.values());
  }

  /** The person whose avatar is at an index. */
  at(index: number): Person | undefined {
    return this.#people.get(index);
  }

  nameOf(user_id: string): string | undefined {
    return this.#names.get(user_id)?.nickname;
  }

  colorOf(user_id: string): string | undefined {
    return this.#names.get(user_id)?.color;
  }

  #put(index: number, before: Person | undefined, now: Person | undefined): boolean {
    if (now === undefined) return this.#people.delete(index);
    this.#people.set(index, now);
    this.#remember(now);
    return !samePerson(before, now) || before?.user_id !== now.user_id;
  }

  #remember(person: Person): void {
    this.#names.delete(person.user_id);
    this.#names.set(person.user_id, { nickname: person.nickname, color: person.color });
    const oldest = this.#names.keys().next().value;
    if (this.#names.size > NAMES_KEPT_MAX && oldest !== undefined) this.#names.delete(oldest);
  }
}
