/**
 * The sky over this room, as an entity of it says; and having it be another. Must not know how a sky looks.
 */
import { BehaviorSubject } from "rxjs";
import type { Building } from "./building";
import type { Reply } from "./commands";
import { SKIES, type SkyName } from "./generated";
import { type Json, type JsonObject, member, number, text } from "./json";
import { type Change, isGone } from "./replica";

/** What makers call the entity that is made to say it. */
const ROOM_NAME = "Room";

interface Carrier {
  readonly id: string;
  readonly sky: Json;
}

export class RoomSky {
  /** What the room says of its sky; undefined where it says nothing. */
  readonly sky$ = new BehaviorSubject<Json | undefined>(undefined);
  readonly #building: Building;
  /** By index. */
  readonly #carriers = new Map<number, Carrier>();

  constructor(building: Building) {
    this.#building = building;
  }

  /** Notes what entities say now; of several the one with the smallest id counts. */
  follow(changes: readonly Change[]): void {
    let changed = false;
    for (const change of changes) changed = this.#note(change) || changed;
    if (changed) this.sky$.next(this.#first()?.sky);
  }

  /** Has one of our skies over everyone: its colours instead of the room's own, under which the plain stays as it was. */
  setPreset(preset: SkyName): Promise<Reply> {
    const carrier = this.#first();
    if (carrier === undefined) return this.#building.make({ name: ROOM_NAME, sky: { preset } });
    const turn = number(member(carrier.sky, "turn"));
    const sky: JsonObject = {
      preset,
      ...(turn !== undefined && { turn }),
      ...(member(carrier.sky, "plain") === false && { plain: false }),
    };
    return this.#building.update(carrier.id, { sky });
  }

  #first(): Carrier | undefined {
    let first: Carrier | undefined;
    for (const carrier of this.#carriers.values()) if (first === undefined || carrier.id < first.id) first = carrier;
    return first;
  }

  /** False when nothing was and is said there. */
  #note(change: Change): boolean {
    const { index, record } = change;
    if (record === undefined) return isGone(change) && this.#carriers.delete(index);
    const { sky } = record.components;
    if (sky === undefined) return this.#carriers.delete(index);
    this.#carriers.set(index, { id: record.id, sky });
    return true;
  }
}

/** Which of our skies a room's is; undefined where its colours are its own. */
export function presetOf(sky: Json | undefined): SkyName | undefined {
  if (sky === undefined) return "day";
  const own = ["top", "color", "horizon", "ground", "haze", "light"].some((name) => member(sky, name) !== undefined);
  const named = text(sky) ?? text(member(sky, "preset")) ?? (typeof sky === "string" ? "" : "day");
  return own ? undefined : SKIES.find((each) => each === named);
}
