/**
 * What a panel shows, laid out: things to draw, and among them things to press. Pure.
 *
 * Lengths are distance-independent millimetres (dmm): one is a millimetre at one metre. A panel that is nearer is smaller
 * by as much, and looks the same.
 */
import type { PanelIcon } from "./icons";

/** The least edge of something to press, dmm. */
export const TARGET_MIN_DMM = 40;
/** Height of the smallest letters, dmm. */
export const TEXT_MIN_DMM = 16;
/** How high letters are, dmm. */
export const TEXT = { small: TEXT_MIN_DMM, note: 18, body: 20, lead: 24 } as const;

/** A colour of the interface by what it means. */
export type Tone = "ink" | "soft" | "accent" | "danger" | "good" | "on_accent";

/** A tone, or a colour that somebody chose. */
export type PaintColor = Tone | `#${string}`;

/** A colour as the room tells it, which has been read as "#RRGGBB". */
export function chosen(color: string): PaintColor {
  return color as `#${string}`;
}

/** What something to press looks like. */
export type Face = "bare" | "raised" | "primary" | "danger" | "chosen" | "field" | "key";

export type Piece =
  /** `x` is where the line begins, has its middle or ends, by `align`; `y` is its middle. */
  | {
      readonly kind: "text";
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly size: number;
      readonly strong: boolean;
      readonly align: "left" | "center" | "right";
      readonly color: PaintColor;
    }
  | { readonly kind: "icon"; readonly x: number; readonly y: number; readonly size: number; readonly icon: PanelIcon; readonly color: Tone }
  | { readonly kind: "dot"; readonly x: number; readonly y: number; readonly radius: number; readonly color: PaintColor; readonly hollow: boolean }
  | { readonly kind: "rule"; readonly x: number; readonly y: number; readonly width: number }
  | { readonly kind: "bars"; readonly x: number; readonly y: number; readonly height: number; readonly bars: number }
  | { readonly kind: "plate"; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly mark?: Tone }
  | { readonly kind: "switch"; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly on: boolean }
  | { readonly kind: "target"; readonly target: Target };

/** Something to press. */
export interface Target {
  /** The same from one picture to the next, so that what is pointed at stays lit. */
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly face: Face;
  /** Drawn as a ball of this colour, in place of a plate. */
  readonly swatch?: string;
  readonly enabled: boolean;
  act(): void;
  /** While it is held on: after a while, and again and again. */
  hold?(): void;
  /** A press that began elsewhere and ends here is meant for this. */
  readonly lands?: boolean;
}

export type TextPiece = Extract<Piece, { kind: "text" }>;
type TextLook = Partial<Pick<TextPiece, "size" | "strong" | "align" | "color">>;

export class Sheet {
  readonly width: number;
  readonly height: number;
  /** In the order in which they are drawn. */
  readonly pieces: Piece[] = [];
  readonly targets: Target[] = [];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  text(x: number, y: number, text: string, look: TextLook = {}): void {
    this.pieces.push({ kind: "text", x, y, text, size: TEXT.body, strong: false, align: "left", color: "ink", ...look });
  }

  icon(x: number, y: number, size: number, icon: PanelIcon, color: Tone = "ink"): void {
    this.pieces.push({ kind: "icon", x, y, size, icon, color });
  }

  add(piece: Piece): void {
    this.pieces.push(piece);
  }

  target(target: Target): void {
    this.targets.push(target);
    this.pieces.push({ kind: "target", target });
  }

  /** What is pressed at a place: the last that was put there, where it can be pressed. */
  at(x: number, y: number): Target | undefined {
    const found = this.targets.findLast(
      (each) => x >= each.x && y >= each.y && x < each.x + each.width && y < each.y + each.height,
    );
    return found?.enabled ? found : undefined;
  }

  find(key: string): Target | undefined {
    return this.targets.find((each) => each.key === key);
  }
}
