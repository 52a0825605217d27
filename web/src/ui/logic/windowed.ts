/** Which rows of a long list are made: those in sight and a few around them. Pure. */

/** Rows made above and below what is in sight, so that quick scrolling shows no gaps. */
export const ROWS_AROUND = 8;

/** The rows from `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The rows to make of a list of `count`, scrolled by `scrolled_px` in a window `height_px` high. */
export function visibleSpan(count: number, row_px: number, scrolled_px: number, height_px: number): Span {
  const first = Math.floor(scrolled_px / row_px) - ROWS_AROUND;
  const last = Math.ceil((scrolled_px + height_px) / row_px) + ROWS_AROUND;
  const from = Math.min(Math.max(0, first), Math.max(0, count - 1));
  return { from, to: Math.min(count, Math.max(last, from + ROWS_AROUND)) };
}
