/** Amounts of data as people read them. Pure; knows no component. */

/** Bytes as "640 kB" or "3.2 MB" (powers of ten, as browsers show downloads). */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** How much is done, 0..1; 0 while the total is not known. */
export function progress(done_bytes: number, total_bytes: number): number {
  if (!(total_bytes > 0)) return 0;
  return Math.min(1, Math.max(0, done_bytes / total_bytes));
}
