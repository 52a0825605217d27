/**
 * Keys by their place (`KeyboardEvent.code`): one key means one thing on every layout, and is called what is printed on it.
 *
 * Owns what this keyboard prints where. Pure but for that; who listens is the interface.
 */
import { BehaviorSubject } from "rxjs";

/** What a keyboard prints by a key's place; a place that is not in it prints what it does in the United States. */
export type Layout = ReadonlyMap<string, string>;

/** Named keys as they are printed. */
const NAMED: { readonly [code: string]: string } = {
  Escape: "Esc",
  Delete: "Del",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
  ShiftLeft: "Shift",
};

/** A key of letters, digits, or one that a layout may print otherwise. */
const PRINTED = /^(?:Key([A-Z])|Digit(\d))$/;

/** What is printed on a key; digits are printed on every keyboard, wherever Shift is needed for them. */
export function keyLabel(code: string, layout: Layout): string {
  const [, letter, digit] = PRINTED.exec(code) ?? [];
  if (digit !== undefined) return digit;
  const printed = layout.get(code)?.trim() ?? "";
  if (printed !== "" && [...printed].length === 1) return printed.toUpperCase();
  return letter ?? NAMED[code] ?? code;
}

/** What a press of a command key (Ctrl or Command) asks for: the letter that is printed there, in Latin. */
export function commandLetter({ key, code }: { readonly key: string; readonly code: string }): string {
  const letter = /^[a-z]$/i.test(key) ? key : (/^Key([A-Z])$/.exec(code)?.[1] ?? key);
  return letter.toUpperCase();
}

/** This visitor's keyboard. */
export class Keyboard {
  readonly layout$ = new BehaviorSubject<Layout>(new Map());

  label(code: string): string {
    return keyLabel(code, this.layout$.value);
  }

  /** A key was pressed without anything beside it: what it types is what it prints. */
  learn(code: string, printed: string): void {
    if (!PRINTED.test(code) || [...printed].length !== 1 || this.layout$.value.get(code) === printed) return;
    // Elsewhere than in the United States: until then there is nothing to learn.
    if (!this.layout$.value.has(code) && printed.toUpperCase() === keyLabel(code, new Map())) return;
    this.layout$.next(new Map(this.layout$.value).set(code, printed));
  }
}
