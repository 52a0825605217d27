/** Keeps detail where pictures come in time, or where somebody wants it; and the page's size and glass with it. */
import { LADDER, firstRung, rungsOf } from "../scene/detail";
import { CONTENT_MS, type FrameFacts, Governor } from "../scene/governor";
import type { Context } from "./context";

/** The interface's glass where nothing behind it is blurred: nearly opaque, so that words stay readable. */
const BARE_GLASS = { "--glass-filter": "none", "--glass": "rgba(15, 21, 27, 0.92)" } as const;

export function detail({ app, stage, clock, times, onFrame }: Context): () => void {
  const { settings$ } = app.preferences;
  const rungs = () => rungsOf(settings$.value.graphics, stage.isSoftware, stage.pixels);
  const governor = new Governor(
    firstRung(rungs(), stage.isSoftware, stage.pixels),
    rungs(),
    stage.isSoftware ? CONTENT_MS.software : CONTENT_MS.card,
  );
  const facts: FrameFacts = { interval_ms: 0, drew: false, cpu_ms: 0, gpu_ms: Number.NaN };
  let applied = -1;
  let last_ms = clock.now_ms;
  let drawn = stage.drawn;
  const chosen = settings$.subscribe(limit);
  const resized = new ResizeObserver(() => {
    stage.resize();
    limit();
  });
  resized.observe(stage.canvas);

  onFrame(() => {
    facts.interval_ms = clock.now_ms - last_ms;
    facts.drew = stage.drawn !== drawn;
    facts.cpu_ms = times.last_ms;
    facts.gpu_ms = stage.takeGpuTime();
    last_ms = clock.now_ms;
    drawn = stage.drawn;
    if (governor.frame(facts, stage.presented)) apply();
    stage.holds = governor.listens;
  });

  function limit(): void {
    governor.limit(rungs());
    apply();
  }

  function apply(): void {
    if (governor.rung === applied) return;
    applied = governor.rung;
    const level = LADDER[applied] ?? LADDER[0];
    stage.setDetail(level);
    const { style } = document.documentElement;
    for (const [token, value] of Object.entries(BARE_GLASS)) {
      if (level.blur) style.removeProperty(token);
      else style.setProperty(token, value);
    }
  }

  return () => {
    chosen.unsubscribe();
    resized.disconnect();
  };
}
