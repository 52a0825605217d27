/**
 * How it goes with the room's game: who it waits for, that it is over, and what everyone has reached.
 *
 * Owns what is shown of rounds. Must not know how; nothing here is asked while a game merely runs.
 */
import { BehaviorSubject } from "rxjs";
import { type JsonObject, isObject, member, number, text } from "./json";
import { type Change, isGone } from "./replica";
import { secondsUntil } from "./vitals";

export interface Player {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  readonly ready: boolean;
  readonly score: number;
  readonly kills: number;
  readonly deaths: number;
}

/** A game that waits for its players, or that is over. */
export interface Round {
  readonly status: "lobby" | "won" | "lost";
  /** By what they have reached, the best first. */
  readonly players: readonly Player[];
  /** Until the next one, whole seconds; null where nobody knows. */
  readonly next_s: number | null;
}

interface Seen {
  readonly id: string;
  readonly components: JsonObject;
}

export class Rounds {
  /** Null while a game runs, and where there is none. */
  readonly round$ = new BehaviorSubject<Round | null>(null);
  readonly #self_id: string;
  readonly #games = new Map<number, Seen>();
  readonly #people = new Map<number, Seen>();
  #spelling = "null";
  #stale = true;

  /** `self_id`: the entity of the visitor's avatar. */
  constructor(self_id: string) {
    this.#self_id = self_id;
  }

  /** Notes who carries a game and who plays; of several games the one with the smallest id counts. */
  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      const { index, record } = change;
      if (record === undefined && !isGone(change)) continue;
      const person = record?.components["avatar"] !== undefined;
      this.#note(this.#people, index, person ? record : undefined);
      this.#note(this.#games, index, !person && isObject(record?.components["game"]) ? record : undefined);
    }
  }

  /** What is to be shown now, by the room's clock. */
  learn(room_ms: number | undefined): void {
    const [game] = [...this.#games.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const status = text(game?.components["status"]);
    if (status !== "lobby" && status !== "won" && status !== "lost") return this.#say(null, "null");
    const until_ms = number(member(game?.components["over"], "until"));
    const next_s = status === "lobby" || until_ms === undefined ? null : secondsUntil(until_ms, room_ms);
    const before = this.round$.value;
    if (!this.#stale && before?.status === status && before.next_s === next_s) return;
    this.#stale = false;
    const round = { status, next_s, players: this.#players() } as const;
    this.#say(round, JSON.stringify(round));
  }

  #note(seen: Map<number, Seen>, index: number, record: Seen | undefined): void {
    if (record === undefined) {
      if (!seen.delete(index)) return;
    } else seen.set(index, record);
    this.#stale = true;
  }

  #players(): readonly Player[] {
    const players = [...this.#people.values()].map(({ id, components }): Player => {
      const count = (name: string) => number(components[name]) ?? 0;
      const name = text(components["nickname"]) ?? "Someone";
      return { id, name, own: id === this.#self_id, ready: components["ready"] === true, score: count("score"), kills: count("kills"), deaths: count("deaths") };
    });
    return players.sort((a, b) => b.score - a.score || b.kills - a.kills || a.deaths - b.deaths || (a.name < b.name ? -1 : 1));
  }

  #say(round: Round | null, spelling: string): void {
    if (spelling === this.#spelling) return;
    this.#spelling = spelling;
    this.round$.next(round);
  }
}
