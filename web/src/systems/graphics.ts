/** A browser may take its graphics away, and give them back or not: meanwhile one stays in the room without a picture. */
import { HIDDEN_EVERY_MS } from "../core/session";
import { Beats } from "./beats";
import type { Context } from "./context";

export function graphics({ app, session, stage }: Context): () => void {
  // Without a picture there are no frames either.
  const beats = new Beats(HIDDEN_EVERY_MS, () => session.hiddenFrame(performance.now()));
  const follow = (have: boolean) => {
    app.visit.pictured$.next(have);
    beats.stop();
    if (have) return;
    session.hidden(performance.now());
    beats.start();
  };
  stage.onGraphics = follow;
  // They may have gone before anyone listened.
  if (!stage.hasGraphics) follow(false);
  return () => {
    stage.onGraphics = undefined;
    beats.stop();
  };
}
