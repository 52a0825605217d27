/** What stands in a field, as it is read. Pure. */
import type { Json } from "../../../core/json";
import { number, numbers } from "../../../core/json";
import { formatNumber } from "../numbers";
import { degreesFromQuaternion } from "../rotation";
import type { Field } from "./sentence";
import { shows, valueText } from "./values";
import { isOneOf, whomWords } from "./whom";

/** A field's value in words; `nameOf` knows things and people. */
export function fieldWords({ control, value, missing }: Field, nameOf: (entity: string) => string | undefined): string {
  if (value === undefined) return missing ?? "…";
  if (!shows(control, value)) return valueText(value);
  switch (control.as) {
    case "whom":
      return whomWords(value, nameOf, isOneOf(control.among));
    case "place":
    case "audience":
      return whomWords(value, nameOf);
    case "number":
      return unit(formatNumber((number(value) ?? 0) / control.per), control.unit);
    case "vector":
      return unit((numbers(value, 3) ?? []).map((part) => formatNumber(part)).join(", "), control.unit);
    case "turn":
      return unit(degreesOf(value).map((part) => formatNumber(part, 1)).join(", "), "°");
    case "word":
      return control.choices.find((choice) => choice.value === value)?.words ?? String(value);
    case "names":
      return (value as readonly string[]).join(", ");
    default:
      return valueText(value);
  }
}

/** A turn about X, Y and Z. */
export function degreesOf(value: Json | undefined): readonly [number, number, number] {
  const [x = 0, y = 0, z = 0, w = 1] = numbers(value, 4) ?? [];
  return degreesFromQuaternion([x, y, z, w]);
}

function unit(said: string, of: string): string {
  return of === "" ? said : `${said} ${of}`;
}
