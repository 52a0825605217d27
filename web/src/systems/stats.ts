/** Reads the numbers of the connection and of the picture once a second. */
import { STATS_EVERY_MS } from "../core/session";
import type { Context } from "./context";

export function stats({ session, clock, times, onFrame }: Context): () => void {
  let next_ms = 0;
  onFrame(() => {
    if (clock.now_ms < next_ms) return;
    next_ms = clock.now_ms + STATS_EVERY_MS;
    const { fps, total } = times.report(clock.now_ms, STATS_EVERY_MS);
    session.measure(clock.now_ms, { frames_per_s: Math.round(fps), frame_ms: total.mean_ms, people: { ...clock.people } });
  });
  return () => undefined;
}
