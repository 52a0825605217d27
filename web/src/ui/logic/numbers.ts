/**
 * Numbers typed by people: read generously, shown shortly. Pure; knows no component.
 */

/** What a field accepts. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** Nearer to 0 than this nothing is left of what it measures. */
  readonly apart?: number;
}

export type ParsedNumber =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly error: string };

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/;

/** Reads "1.5", "1,5", " -2 "; refuses everything else in words that say what is expected. */
export function parseNumber(text: string, range: NumberRange): ParsedNumber {
  // A minus copied from prose is often U+2212.
  const plain = text.trim().replace("\u2212", "-");
  if (!NUMBER.test(plain)) return { ok: false, error: "Needs a number" };
  const value = Number(plain.replace(",", "."));
  if (value < range.min || value > range.max) {
    return { ok: false, error: `Between ${formatNumber(range.min)} and ${formatNumber(range.max)}` };
  }
  if (Math.abs(value) < (range.apart ?? 0)) return { ok: false, error: `At least ${formatNumber(range.apart ?? 0)}: it would vanish` };
  return { ok: true, value };
}

/** At most `digits` digits after the point, without trailing zeros and never "-0". */
export function formatNumber(value: number, digits = 3): string {
  const short = String(Number(value.toFixed(digits)));
  return short === "-0" ? "0" : short;
}

/** One step up or down from a value, without the dust of binary fractions. */
export function stepped(value: number, step: number, range: NumberRange): number {
  const next = Number((value + step).toFixed(6));
  const { apart = 0 } = range;
  if (Math.abs(next) < apart) return value < 0 ? -apart : apart;
  return Math.min(range.max, Math.max(range.min, next));
}
