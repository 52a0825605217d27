/** Rows that do not fit on one screen are spread over several. Pure. */
import type { Laid } from "./lay_out";

/** The rows of each screen as `[from, to)`; at least one screen, on each at least one row. */
export type Span = readonly [number, number];

/** From the first row on; or, when what happened last stands last, full screens from the last one back. Newest first then. */
export function screensOf(rows: readonly Laid[], height: number, gap: number, newest_last: boolean): readonly Span[] {
  const count = rows.length;
  if (count === 0) return [[0, 0]];
  const row = (index: number): number => rows[newest_last ? count - 1 - index : index]?.height ?? 0;
  const spans: Span[] = [];
  let from = 0;
  while (from < count) {
    let [to, used] = [from + 1, row(from)];
    while (to < count && used + gap + row(to) <= height) {
      used += gap + row(to);
      to += 1;
    }
    spans.push(newest_last ? [count - to, count - from] : [from, to]);
    from = to;
  }
  return spans;
}
