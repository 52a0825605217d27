/** A component edited as JSON: shown legibly, checked before it is sent. Pure; the room checks its meaning. */
import { COMPONENT_BYTES_MAX } from "../../core/generated";
import type { Json } from "../../core/json";

export type ParsedComponent =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: string };

/** Short values on one line, the rest indented. */
export function componentText(value: Json): string {
  const line = JSON.stringify(value);
  return line.length <= 36 ? line : JSON.stringify(value, null, 2);
}

/** Reads JSON; an error says what is wrong and, where the browser tells it, where. */
export function parseComponent(text: string): ParsedComponent {
  if (text.trim() === "") return { ok: false, error: "Needs a value, such as 1, \"text\", [1, 2] or {}." };
  if (new TextEncoder().encode(text).length > COMPONENT_BYTES_MAX) {
    return { ok: false, error: "Longer than 64 KiB." };
  }
  try {
    return { ok: true, value: JSON.parse(text) as Json };
  } catch (error) {
    const words = error instanceof SyntaxError ? error.message : String(error);
    return { ok: false, error: `Not valid JSON: ${words}` };
  }
}
