/** Reads the connection's numbers once a second. */
import { STATS_EVERY_MS } from "../core/session";
import type { Context } from "./context";

export function stats({ session, stage, clock, onFrame }: Context): () => void {
  let next_ms = 0;
  onFrame(() => {
    if (clock.now_ms < next_ms) return;
    next_ms = clock.now_ms + STATS_EVERY_MS;
    session.measure(clock.now_ms, Math.round(stage.fps));
  });
  return () => undefined;
}
