/** While a game is on, whoever walks over something that can be picked up has it. */
import { INTERACTION } from "../core/generated";
import type { Change } from "../core/replica";
import { isGone } from "../core/replica";
import { HEAD_HEIGHT_M } from "../core/viewer";
import { fromBody } from "./usable";
import type { Context } from "./context";

/** Nearer than this to one's body a thing is walked over, metres. */
export const WALKED_OVER_M = 1.2;
/** How often one looks, milliseconds: nobody runs past anything in between. */
const LOOK_EVERY_MS = 100;

export function pickups({ app, core, replica, clock, onFrame }: Context): () => void {
  const things = new Set<number>();
  let next_ms = 0;

  onFrame(() => {
    for (const change of clock.changes) follow(change);
    const { vitals, visit, building } = app;
    if (clock.now_ms < next_ms || things.size === 0) return;
    next_ms = clock.now_ms + LOOK_EVERY_MS;
    if (visit.acts && vitals.vitals$.value.game && !vitals.dead && !building.build$.value) look();
  });

  function follow(change: Change): void {
    const { index, record } = change;
    const offered = record?.components["collectable"] ?? false;
    if (offered !== false) things.add(index);
    else if (record !== undefined || isGone(change)) things.delete(index);
  }

  function look(): void {
    for (const index of things) {
      const at = index * 16 + 12;
      const matrices = core.matrices();
      const [x = NaN, y = NaN, z = NaN] = [matrices[at], matrices[at + 1], matrices[at + 2]];
      if (!(fromBody(app.viewer, HEAD_HEIGHT_M, x, y, z) < WALKED_OVER_M)) continue;
      const entity = (replica.interactions(index) & INTERACTION.collect) === 0 ? undefined : replica.id(index);
      if (entity !== undefined) app.games.pickups.touch(entity, clock.now_ms);
    }
  }

  return () => undefined;
}
