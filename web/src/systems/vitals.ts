/** How the visitor fares, from what the room told since the last frame; and from where they were hurt. */
import { filter } from "rxjs";
import { AVATAR_ROW } from "../core/generated";
import { type Json, member, number, text } from "../core/json";
import { directionTo } from "../core/vitals";
import type { Context } from "./context";

export function vitals({ app, core, session, replica, clock, onFrame }: Context): () => void {
  const own = app.events$.pipe(filter(({ event, payload }) => event === "user_damaged" && text(member(payload, "user_id")) === app.user_id));
  const hurt = own.subscribe(({ payload }) => {
    if (app.visit.inside) app.vitals.hurt(number(member(payload, "amount")) ?? 0, fromWhere(payload));
  });

  onFrame(() => {
    app.vitals.follow(clock.changes);
    app.rounds.follow(clock.changes);
    app.rounds.learn(core.room_ms(clock.now_ms));
    app.vitals.learn(app.visit.inside ? replica.components(session.self_id) : undefined, core.room_ms(clock.now_ms));
  });

  function fromWhere(payload: Json): number | null {
    const by = text(member(payload, "by"));
    const index = by === undefined || by === session.self_id ? -1 : replica.index(by);
    if (index < 0) return null;
    const at = session.personAt(index) === undefined ? thingAt(index) : headAt(index);
    return at === undefined ? null : directionTo(app.viewer, ...at);
  }

  /** Where a thing is on the floor. */
  function thingAt(index: number): readonly [number, number] | undefined {
    const [x, , z] = core.matrices().subarray(index * 16 + 12, index * 16 + 15);
    return x === undefined || z === undefined ? undefined : [x, z];
  }

  function headAt(index: number): readonly [number, number] | undefined {
    const rows = core.avatars();
    for (let at = 0; at < rows.length; at += AVATAR_ROW.floats) {
      if (rows[at + AVATAR_ROW.index] === index) return [rows[at + AVATAR_ROW.head] ?? 0, rows[at + AVATAR_ROW.head + 2] ?? 0];
    }
    return undefined;
  }

  return () => hurt.unsubscribe();
}
