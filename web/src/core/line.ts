/**
 * How fast the line is, as far as a page can know at its beginning: by how long its own script took. Pure.
 */

/** A line that brings fewer bytes in a millisecond is slow: 8 Mbit/s. */
const SLOW_BYTES_PER_MS = 1_000;

/** What the browser tells of a file that it fetched. */
export type Fetched = Pick<PerformanceResourceTiming, "responseStart" | "responseEnd" | "transferSize" | "encodedBodySize">;

/** Whether files side by side would each come late. What the browser had kept, or does not tell of, was fast. */
export function isSlow(fetched: Fetched | undefined): boolean {
  if (fetched === undefined || fetched.transferSize === 0) return false;
  return fetched.encodedBodySize < SLOW_BYTES_PER_MS * (fetched.responseEnd - fetched.responseStart);
}
