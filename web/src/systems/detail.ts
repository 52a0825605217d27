/** Watches how many frames there are and lowers detail before they are dropped. */
import { FULL_DETAIL, LEVELS, afterSecond } from "../scene/detail";
import type { Context } from "./context";

/** How long frames are counted before deciding, milliseconds. */
const WINDOW_MS = 1_000;
/** A window longer than this was a hidden tab or a sleeping machine, milliseconds: it says nothing. */
const WINDOW_MAX_MS = 2_000;

export function detail({ stage, clock, onFrame }: Context): () => void {
  let state = FULL_DETAIL;
  let since_ms = clock.now_ms;
  let frames = 0;
  onFrame(() => {
    frames += 1;
    const elapsed_ms = clock.now_ms - since_ms;
    if (elapsed_ms < WINDOW_MS) return;
    const fps = (frames * 1_000) / elapsed_ms;
    [since_ms, frames] = [clock.now_ms, 0];
    if (elapsed_ms > WINDOW_MAX_MS) return;
    const after = afterSecond(state, fps);
    const level = LEVELS[after.level];
    if (after.level !== state.level && level !== undefined) stage.setDetail(level);
    state = after;
  });
  const resized = new ResizeObserver(() => stage.resize());
  resized.observe(stage.canvas);
  return () => resized.disconnect();
}
