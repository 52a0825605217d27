/**
 * The broker: lets the core run and passes on what it told. Also keeps the core alive in a tab nobody sees.
 */
import { HIDDEN_EVERY_MS } from "../core/session";
import type { Context } from "./context";

export function broker({ session, clock, onFrame }: Context): () => void {
  onFrame(() => {
    clock.changes = session.frame(clock.now_ms);
  });
  let timer: ReturnType<typeof setInterval> | undefined;
  const onVisibility = () => {
    clearInterval(timer);
    if (document.hidden) session.hidden(performance.now());
    if (document.hidden) timer = setInterval(() => session.hiddenFrame(performance.now()), HIDDEN_EVERY_MS);
    else session.hurry();
  };
  const onOnline = () => session.hurry();
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", onOnline);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("online", onOnline);
  };
}
