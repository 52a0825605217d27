/** Lists of people in one line. Pure. */
import { isolated } from "../../core/writing";

/** "Ann", "Ann and Ben", "Ann, Ben and 3 others"; empty for nobody. */
export function namesLine(names: readonly string[], shown = 3): string {
  if (names.length === 0) return "";
  const rest = names.length > shown ? names.length - (shown - 1) : 0;
  const parts = rest > 0 ? [...names.slice(0, shown - 1).map(isolated), `${rest} others`] : names.map(isolated);
  const last = parts.pop() ?? "";
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

/** "1 person", "12 people", "Nobody". */
export function peopleCount(count: number): string {
  if (count === 0) return "Nobody";
  return count === 1 ? "1 person" : `${count} people`;
}
