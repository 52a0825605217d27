/** Values in rules: numbers, texts, what stands for either (`{actor.score}`), and all of JSON on one line. Pure. */
import { COMPONENTS, type Kind } from "../../../core/components";
import type { Json } from "../../../core/json";
import { number, numbers, text } from "../../../core/json";
import type { Control } from "./sentence";

const ANY: Kind = { is: "any" };
const STANDS_FOR_A_VALUE = /^\{[a-z][\w.]*\}$/;

/** What a component of a name holds, as far as it is known. */
export function kindOf(component: Json | undefined): Kind {
  const name = text(component);
  return name !== undefined && Object.hasOwn(COMPONENTS, name) ? (COMPONENTS[name]?.kind ?? ANY) : ANY;
}

/** Whether a text is nothing but a name in braces, in whose place its value is put. */
export function standsForValue(value: Json | undefined): boolean {
  return typeof value === "string" && STANDS_FOR_A_VALUE.test(value);
}

/** A value on one line: a text as it is, unless it would be read as something else. */
export function valueText(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return readsAsJson(value) || value.trim() !== value || value === "" ? JSON.stringify(value) : value;
}

/** What a line says: JSON where it is some, else the text itself. */
export function valueOf(line: string): Json {
  const plain = line.trim();
  return readsAsJson(plain) ? (JSON.parse(plain) as Json) : plain;
}

function readsAsJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Whether a control can show a value; what it cannot is shown on one line. */
export function shows(control: Control, value: Json | undefined): boolean {
  if (value === undefined) return true;
  switch (control.as) {
    case "number":
      return number(value) !== undefined;
    case "vector":
      return numbers(value, 3) !== undefined;
    case "turn":
      return numbers(value, 4) !== undefined;
    case "line":
    case "name":
      return typeof value === "string";
    case "word":
      return typeof value === "string" && control.choices.some((choice) => choice.value === value);
    case "names":
      return Array.isArray(value) && (value as readonly Json[]).every((name) => typeof name === "string");
    default:
      return true;
  }
}

/** The control for a value of a component: that of its kind where it has one. */
export function controlOfKind(kind: Kind, value: Json | undefined): Control {
  const plain: Control = { as: "value", kind: ANY };
  switch (kind.is) {
    case "number":
      return number(value) === undefined ? plain : { as: "number", unit: kind.unit, step: 1, per: 1, min: kind.min, max: kind.max };
    case "word":
      return kind.words.includes(text(value) ?? "") ? { as: "word", choices: kind.words.map((said) => ({ value: said, words: said })) } : plain;
    case "vec3":
      return numbers(value, 3) === undefined ? plain : { as: "vector", unit: kind.unit };
    case "rotation":
      return numbers(value, 4) === undefined ? plain : { as: "turn" };
    case "color":
    case "bool":
    case "mark":
      return { as: "value", kind };
    case "either":
      return typeof value === "boolean" ? { as: "value", kind: { is: "bool" } } : plain;
    default:
      return plain;
  }
}
