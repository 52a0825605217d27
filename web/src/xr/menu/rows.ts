/** What a page of the menu is made of: rows, from top to bottom. A row says what it shows and does, not where. Pure types. */
import type { PanelIcon } from "../panel/icons";
import type { Face, PaintColor, Tone } from "../panel/sheet";

export interface Button {
  readonly words: string;
  readonly icon?: PanelIcon;
  readonly face?: Face;
  readonly enabled?: boolean;
  act(): void;
}

export interface Option<T extends string = string> {
  readonly value: T;
  readonly words: string;
}

export type Row =
  | { readonly kind: "title"; readonly words: string }
  | { readonly kind: "words"; readonly words: string; readonly tone?: Tone; readonly small?: boolean }
  /** Side by side, equally wide; `columns` in a line. */
  | { readonly kind: "buttons"; readonly buttons: readonly Button[]; readonly columns?: number }
  /** Someone or something: pressed anywhere it does what `act` says. */
  | {
      readonly kind: "entry";
      readonly key: string;
      readonly words: string;
      readonly aside: string;
      readonly dot?: PaintColor;
      readonly away?: boolean;
      readonly button?: Button;
      readonly act?: () => void;
    }
  | { readonly kind: "switch"; readonly words: string; readonly note?: string; readonly on: boolean; set(on: boolean): void }
  | { readonly kind: "steps"; readonly words: string; readonly shown: string; step(sign: 1 | -1): void }
  | {
      readonly kind: "choice";
      readonly words: string;
      readonly options: readonly Option[];
      readonly value: string;
      choose(value: string): void;
    }
  | { readonly kind: "field"; readonly words: string; readonly value: string; readonly invites: string; readonly lit?: boolean; edit(): void }
  | { readonly kind: "swatches"; readonly words: string; readonly value: string | null; choose(hex: string): void }
  /** Something said: by whom, unless the line above says so already. */
  | { readonly kind: "line"; readonly text: string; readonly by?: { readonly name: string; readonly color: PaintColor; readonly aside: string } };

/** A page: rows in as many screens as they take, and rows below that every screen has. */
export interface Page {
  readonly rows: readonly Row[];
  readonly below?: readonly Row[];
  /** What happened last stands last and is seen first; rows stand close together. */
  readonly newest_last?: boolean;
}
