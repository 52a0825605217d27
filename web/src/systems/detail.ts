/** Watches how many frames there are and lowers detail before they are dropped. */
import { FULL_DETAIL, LEVELS, SOFTWARE_DETAIL, afterSecond } from "../scene/detail";
import type { Context } from "./context";

/** How long frames are counted before deciding, milliseconds. */
const WINDOW_MS = 1_000;
/** A window longer than this was a hidden tab or a sleeping machine, milliseconds: it says nothing. */
const WINDOW_MAX_MS = 2_000;

export function detail({ app, stage, clock, onFrame }: Context): () => void {
  let state = stage.isSoftware ? SOFTWARE_DETAIL : FULL_DETAIL;
  const pinned = { automatic: state.level, high: 0, medium: 1, low: 2 } as const;
  app.preferences.settings$.subscribe(({ graphics }) => apply(pinned[graphics]));
  let since_ms = clock.now_ms;
  let [frames, drawn_before] = [0, 0];
  onFrame(() => {
    frames += 1;
    const elapsed_ms = clock.now_ms - since_ms;
    if (elapsed_ms < WINDOW_MS) return;
    const fps = (frames * 1_000) / elapsed_ms;
    const drawn = stage.drawn - drawn_before;
    const rested = drawn < frames - 1;
    [since_ms, frames, drawn_before] = [clock.now_ms, 0, stage.drawn];
    // Frames without a picture say nothing of what pictures cost.
    if (elapsed_ms > WINDOW_MAX_MS || rested) return;
    if (app.preferences.settings$.value.graphics !== "automatic") return;
    const after = afterSecond(state, fps);
    if (after.level !== state.level) apply(after.level);
    state = after;
  });

  function apply(at: number): void {
    const level = LEVELS[at] ?? LEVELS[0];
    stage.setDetail(level);
    // The interface's glass reads this token.
    if (level.blur) document.documentElement.style.removeProperty("--glass-filter");
    else document.documentElement.style.setProperty("--glass-filter", "none");
  }

  const resized = new ResizeObserver(() => stage.resize());
  resized.observe(stage.canvas);
  return () => resized.disconnect();
}
