/**
 * Times as people read them. Pure: the present moment is an argument. Knows no component.
 */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The local time of day as "14:05". */
export function clockTime(at_ms: number): string {
  const at = new Date(at_ms);
  return `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
}

/** When something was kept: "Today 14:05", "Yesterday 14:05", "3 Mar 14:05", and the year when it is another one. */
export function savedWhen(at_ms: number, now_ms: number): string {
  const days = Math.round((midnight(now_ms) - midnight(at_ms)) / DAY_MS);
  const time = clockTime(at_ms);
  if (days === 0) return `Today ${time}`;
  if (days === 1) return `Yesterday ${time}`;
  const at = new Date(at_ms);
  const date = `${at.getDate()} ${MONTHS[at.getMonth()] ?? ""}`;
  const year = at.getFullYear();
  return year === new Date(now_ms).getFullYear() ? `${date} ${time}` : `${date} ${year}`;
}

/** Whole seconds until a moment, never below zero; a started second counts. */
export function secondsUntil(at_ms: number, now_ms: number): number {
  return Math.max(0, Math.ceil((at_ms - now_ms) / 1000));
}

function midnight(at_ms: number): number {
  return new Date(at_ms).setHours(0, 0, 0, 0);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
