/**
 * How panels look: the interface's tokens, read once from the page, and the letters' measures.
 */
import type { Face, Tone } from "./sheet";
import type { Measure } from "./wrap";

/** Pixels of a dmm: more than 28 for each degree, as many as headsets show. */
export const PX_PER_DMM = 1.7;

export interface Look {
  readonly font: string;
  readonly glass: string;
  readonly raised: string;
  readonly hover: string;
  /** Where something is written, and the way of a switch. */
  readonly sunken: string;
  /** What cannot be pressed, on glass. */
  readonly faint: string;
  readonly line: string;
  readonly tones: { readonly [tone in Tone]: string };
  readonly accent: string;
  readonly accent_hover: string;
}

/** Reads the tokens; their names are the style sheet's. */
export function readLook(): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    font: token("--font"),
    glass: token("--glass-solid"),
    raised: token("--glass-solid-raised"),
    hover: token("--glass-hover"),
    // As the page's fields are: a quarter darker than the glass they lie on; and a plate that is barely lighter.
    sunken: "#0d1318",
    faint: "rgba(255, 255, 255, 0.045)",
    line: token("--glass-line"),
    accent: token("--accent"),
    accent_hover: token("--accent-hover"),
    tones: {
      ink: token("--glass-ink"),
      soft: token("--glass-ink-soft"),
      accent: token("--glass-accent"),
      danger: token("--glass-danger"),
      good: token("--glass-good"),
      on_accent: token("--accent-ink"),
    },
  };
}

/** The plate of something to press; undefined for none. */
export function plateOf(look: Look, face: Face, lit: boolean): string | undefined {
  switch (face) {
    case "bare":
      return lit ? look.raised : undefined;
    case "raised":
    case "danger":
    case "key":
      return look.raised;
    case "primary":
    case "chosen":
      return lit ? look.accent_hover : look.accent;
    case "field":
      return look.sunken;
  }
}

/** Measures letters as they will be drawn; remembers, since pages are laid out again and again. */
export function newMeasure(look: Look): Measure {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen === null) throw new Error("the browser gives no 2D canvas");
  const known = new Map<string, number>();
  return (text, size, strong) => {
    const key = `${size} ${strong ? 1 : 0} ${text}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    pen.font = fontOf(look, size, strong);
    const width = pen.measureText(text).width / PX_PER_DMM;
    if (known.size >= MEASURED_MAX) known.clear();
    known.set(key, width);
    return width;
  };
}

/** Widths remembered; then it begins anew. */
const MEASURED_MAX = 4_000;

export function fontOf(look: Look, size: number, strong: boolean): string {
  return `${strong ? 600 : 400} ${(size * PX_PER_DMM).toFixed(2)}px ${look.font}`;
}
