/**
 * Where the room's rules send the visitor, or where they are back after they have died: kept until they have stood up and may leave.
 *
 * ```text
 * nowhere --user_teleported--> sent --on their feet, ready to leave--> nowhere (and there)
 *                               +--cannot stand up, no longer moves the avatar--> nowhere
 * ```
 */
import { filter } from "rxjs";
import { type Json, member, numbers, text } from "../core/json";
import type { RoomApp } from "../core/room-app";
import { yawOf } from "../core/viewer";

/** Facts that put their person somewhere: a rule, coming back, having been where one cannot have gone. */
const PUTS: ReadonlySet<string> = new Set(["user_teleported", "user_respawned", "user_moved_back"]);

/** Feet, metres; without a yaw one goes on looking as before. */
export interface Destination {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly yaw: number | undefined;
}

/** Where a fact sends its person. */
export function destinationOf(payload: Json): Destination | undefined {
  const [x, y, z] = numbers(member(payload, "position"), 3) ?? [];
  if (x === undefined || y === undefined || z === undefined) return undefined;
  const turn = numbers(member(payload, "rotation"), 4);
  const yaw = turn === undefined ? undefined : yawOf(turn[0] ?? 0, turn[1] ?? 0, turn[2] ?? 0, turn[3] ?? 1);
  return { x, y, z, yaw };
}

export class Sent {
  readonly #app: Pick<RoomApp, "visit" | "seating">;
  readonly #heard;
  #to: Destination | undefined;
  #standing_up = false;

  constructor(app: Pick<RoomApp, "visit" | "seating" | "events$" | "user_id">) {
    this.#app = app;
    const own = app.events$.pipe(filter(({ event, payload }) => PUTS.has(event) && text(member(payload, "user_id")) === app.user_id));
    this.#heard = own.subscribe(({ payload }) => {
      this.#to = destinationOf(payload);
      this.#standing_up = false;
    });
  }

  /** Where to go in this frame; `leaves` is asked each frame until it says that one may. */
  due(leaves: () => boolean): Destination | undefined {
    const to = this.#to;
    if (to === undefined) return undefined;
    // Another tab moves the avatar, or nobody: there it is obeyed.
    if (!this.#app.visit.acts) return this.#forget();
    if (this.#app.seating.seat$.value !== null) return this.#standUp(to);
    if (!leaves()) return undefined;
    this.#to = undefined;
    return to;
  }

  dispose(): void {
    this.#heard.unsubscribe();
  }

  #forget(): undefined {
    this.#to = undefined;
  }

  #standUp(to: Destination): undefined {
    if (this.#standing_up) return;
    this.#standing_up = true;
    const { seating } = this.#app;
    void seating.stand().then(({ ok }) => {
      // Refused also to who has stood up meanwhile: they go on.
      if (!ok && seating.seat$.value !== null && this.#to === to) this.#forget();
    });
  }
}
