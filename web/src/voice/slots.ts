/** Whose voice each line carries, and which screen each shows, as the room tells it. Pure. */
import { SCREENS_SEEN_MAX } from "../core/generated";
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

/** Which screen each line of video shows; null for none. Undefined when the message says nothing about that. */
export function screensIn(message: Json): readonly (string | null)[] | undefined {
  const told = member(message, "screens");
  if (!Array.isArray(told)) return undefined;
  return (told as readonly Json[]).slice(0, SCREENS_SEEN_MAX).map((entity) => (typeof entity === "string" ? entity : null));
}
