/** Whose voice each line carries, as the room tells it. Pure. */
import { type Json, member } from "../core/json";

/** Who speaks on each line; null for nobody. Undefined when the message says nothing about that. */
export function slotsIn(message: Json, count: number): readonly (string | null)[] | undefined {
  const told = member(message, "slots");
  if (!Array.isArray(told)) return undefined;
  return Array.from({ length: count }, (_, slot) => {
    const who = (told as readonly Json[])[slot];
    return typeof who === "string" ? who : null;
  });
}
