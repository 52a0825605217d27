/**
 * The broker: lets the core run and passes on what it told. Also keeps the core alive in a tab nobody sees.
 */
import { HIDDEN_EVERY_MS } from "../core/session";
import { Beats } from "./beats";
import type { Context } from "./context";

export function broker({ session, clock, onFrame }: Context): () => void {
  onFrame(() => {
    clock.changes = session.frame(clock.now_ms);
  });
  const beats = new Beats(HIDDEN_EVERY_MS, () => session.hiddenFrame(performance.now()));
  const hide = () => {
    session.hidden(performance.now());
    beats.start();
  };
  const onVisibility = () => {
    beats.stop();
    if (document.hidden) hide();
    else session.hurry();
  };
  const onOnline = () => session.hurry();
  // A tab may be opened behind another one.
  if (document.hidden) hide();
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", onOnline);
  return () => {
    beats.stop();
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("online", onOnline);
  };
}
