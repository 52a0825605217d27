/**
 * Rows become things to draw and to press. Pure; how wide letters are is an argument.
 */
import { PALETTE } from "../../ui/logic/colors";
import { type Sheet, type Tone, TARGET_MIN_DMM, TEXT } from "../panel/sheet";
import { type Font, type Measure, fitted, wrapped } from "../panel/wrap";
import type { Button, Option, Row } from "./rows";

/** Distances and heights, dmm. */
export const GAP = 8;
const BUTTON_HEIGHT = 48;
const ENTRY_HEIGHT = 54;
const LEADING = 1.32;
const PAD = 14;
const ICON = 24;
const SWATCHES_IN_A_LINE = 6;
const LINES_OF_WORDS_MAX = 6;
const SWITCH = { width: 58, height: 32 };
/** Options stand in one line where they can. */
const CHIP_PAD = 12;
/** What is stepped through: the knobs, and what stands between them. */
const STEP = { knob: 56, shown: 92 };

const BODY: Font = { size: TEXT.body, strong: false };
const STRONG: Font = { size: TEXT.body, strong: true };
const SMALL: Font = { size: TEXT.small, strong: false };
const CHIP: Font = { size: TEXT.note, strong: true };
const SMALL_STRONG: Font = { size: TEXT.small, strong: true };

/** A row with its height, ready to be put somewhere. */
export interface Laid {
  readonly height: number;
  put(sheet: Sheet, x: number, y: number): void;
}

/** A row as wide as a column; `key` tells its targets from those of other rows. */
export function layOut(row: Row, key: string, width: number, measure: Measure): Laid {
  switch (row.kind) {
    case "title":
      return words(row.words, { size: TEXT.body, strong: true }, "ink", width, measure);
    case "words":
      return words(row.words, row.small === true ? SMALL : BODY, row.tone ?? "ink", width, measure);
    case "buttons":
      return buttons(row.buttons, row.columns ?? row.buttons.length, key, width, measure);
    case "entry":
      return entry(row, `${key} ${row.key}`, width, measure);
    case "switch":
      return switched(row, key, width, measure);
    case "steps":
      return steps(row, key, width, measure);
    case "choice":
      return choice(row, key, width, measure);
    case "field":
      return field(row, key, width, measure);
    case "swatches":
      return swatches(row, key, width);
    case "line":
      return line(row, width, measure);
  }
}

function words(text: string, font: Font, color: Tone, width: number, measure: Measure): Laid {
  const lines = wrapped(text, width, font, measure, LINES_OF_WORDS_MAX);
  const step = font.size * LEADING;
  return {
    height: lines.length * step + 4,
    put: (sheet, x, y) =>
      lines.forEach((each, index) => sheet.text(x, y + 2 + (index + 0.5) * step, each, { ...font, color })),
  };
}

/** A label above what it names. */
function labelled(label: string, { height, put }: Laid): Laid {
  const above = TEXT.small * LEADING + 4;
  return {
    height: above + height,
    put: (sheet, x, y) => {
      sheet.text(x, y + above / 2 - 2, label, { ...SMALL_STRONG, color: "soft" });
      put(sheet, x, y + above);
    },
  };
}

function buttons(all: readonly Button[], columns: number, key: string, width: number, measure: Measure): Laid {
  const each = (width - (columns - 1) * GAP) / columns;
  const lines = Math.ceil(all.length / columns);
  return {
    height: lines * (BUTTON_HEIGHT + GAP) - GAP,
    put: (sheet, x, y) =>
      all.forEach((button, index) => {
        const [left, top] = [x + (index % columns) * (each + GAP), y + Math.floor(index / columns) * (BUTTON_HEIGHT + GAP)];
        putButton(sheet, button, `${key} ${index}`, left, top, each, BUTTON_HEIGHT, measure);
      }),
  };
}

/** A button with its icon and words in the middle. */
export function putButton(
  sheet: Sheet,
  button: Button,
  key: string,
  x: number,
  y: number,
  width: number,
  height: number,
  measure: Measure,
  font: Font = STRONG,
): void {
  const { words, icon, face = "raised", enabled = true } = button;
  sheet.target({ key, x, y, width, height, face, enabled, act: () => button.act() });
  const color = !enabled ? "soft" : face === "primary" || face === "chosen" ? "on_accent" : face === "danger" ? "danger" : "ink";
  const iconed = icon === undefined ? 0 : ICON + (words === "" ? 0 : 8);
  const text = words === "" ? "" : fitted(words, width - 2 * 8 - iconed, font, measure);
  const long = text === "" ? 0 : measure(text, font.size, font.strong);
  const left = x + (width - long - iconed) / 2;
  if (icon !== undefined) sheet.icon(left, y + (height - ICON) / 2, ICON, icon, color);
  if (text !== "") sheet.text(left + iconed, y + height / 2, text, { ...font, color });
}

function entry(row: Extract<Row, { kind: "entry" }>, key: string, width: number, measure: Measure): Laid {
  const { act, button } = row;
  const side = button === undefined ? 0 : Math.max(124, measure(button.words, TEXT.body, true) + 2 * PAD);
  const own = width - (side === 0 ? 0 : side + GAP);
  return {
    height: ENTRY_HEIGHT,
    put: (sheet, x, y) => {
      if (act === undefined) sheet.add({ kind: "plate", x, y, width: own, height: ENTRY_HEIGHT });
      else sheet.target({ key, x, y, width: own, height: ENTRY_HEIGHT, face: "raised", enabled: true, act });
      const middle = y + ENTRY_HEIGHT / 2;
      const from = x + PAD + (row.dot === undefined ? 0 : 26);
      if (row.dot !== undefined) sheet.add({ kind: "dot", x: x + PAD + 8, y: middle, radius: 8, color: row.dot, hollow: row.away === true });
      const to = x + own - PAD - (act === undefined ? 0 : 20);
      const aside = row.aside === "" ? 0 : measure(row.aside, TEXT.small, false) + PAD;
      sheet.text(from, middle, fitted(row.words, to - from - aside, STRONG, measure), STRONG);
      if (aside > 0) sheet.text(to, middle, row.aside, { ...SMALL, color: "soft", align: "right" });
      if (act !== undefined) sheet.icon(x + own - PAD - 14, middle - 9, 18, "chevron", "soft");
      if (button !== undefined) putButton(sheet, button, `${key} button`, x + own + GAP, y + 3, side, BUTTON_HEIGHT, measure);
    },
  };
}

function switched(row: Extract<Row, { kind: "switch" }>, key: string, width: number, measure: Measure): Laid {
  const note = row.note === undefined ? [] : wrapped(row.note, width - SWITCH.width - 3 * PAD, SMALL, measure, 2);
  const height = Math.max(BUTTON_HEIGHT + 4, 32 + note.length * TEXT.small * LEADING + 14);
  return {
    height,
    put: (sheet, x, y) => {
      sheet.target({ key, x, y, width, height, face: "raised", enabled: true, act: () => row.set(!row.on) });
      const first = note.length === 0 ? y + height / 2 : y + 22;
      sheet.text(x + PAD, first, fitted(row.words, width - SWITCH.width - 3 * PAD, STRONG, measure), STRONG);
      note.forEach((each, index) =>
        sheet.text(x + PAD, first + 25 + index * TEXT.small * LEADING, each, { ...SMALL, color: "soft" }),
      );
      sheet.add({ kind: "switch", x: x + width - PAD - SWITCH.width, y: y + (height - SWITCH.height) / 2, ...SWITCH, on: row.on });
    },
  };
}

function steps(row: Extract<Row, { kind: "steps" }>, key: string, width: number, measure: Measure): Laid {
  const { knob: edge, shown } = STEP;
  const beside = 2 * edge + shown;
  return {
    height: BUTTON_HEIGHT,
    put: (sheet, x, y) => {
      const middle = y + BUTTON_HEIGHT / 2;
      const right = x + width;
      sheet.text(x + PAD, middle, fitted(row.words, width - beside - 2 * PAD, STRONG, measure), STRONG);
      const knob = (sign: 1 | -1, left: number): void => {
        sheet.target({
          key: `${key} ${sign > 0 ? "more" : "less"}`,
          x: left,
          y,
          width: edge,
          height: BUTTON_HEIGHT,
          face: "raised",
          enabled: true,
          act: () => row.step(sign),
          hold: () => row.step(sign),
        });
        sheet.text(left + edge / 2, middle, sign > 0 ? "+" : "−", { size: TEXT.lead, strong: true, align: "center" });
      };
      knob(-1, right - beside);
      knob(1, right - edge);
      sheet.text(right - edge - shown / 2, middle, row.shown, { ...BODY, align: "center" });
    },
  };
}

function choice(row: Extract<Row, { kind: "choice" }>, key: string, width: number, measure: Measure): Laid {
  const lines = linesOf(row.options, width, measure);
  const chips: Laid = {
    height: lines.length * (TARGET_MIN_DMM + GAP) - GAP,
    put: (sheet, x, y) =>
      lines.forEach((options, line) => {
        let left = x;
        for (const { value, words } of options) {
          const wide = chipWidth(words, width, measure);
          const chosen = value === row.value;
          const top = y + line * (TARGET_MIN_DMM + GAP);
          const button = { words, face: chosen ? "chosen" : "raised", act: () => row.choose(value) } as const;
          putButton(sheet, button, `${key} ${value}`, left, top, wide, TARGET_MIN_DMM, measure, CHIP);
          left += wide + GAP;
        }
      }),
  };
  return row.words === "" ? chips : labelled(row.words, chips);
}

function chipWidth(words: string, width: number, measure: Measure): number {
  return Math.min(width, Math.max(64, measure(words, CHIP.size, CHIP.strong) + 2 * CHIP_PAD));
}

/** Options side by side, in as many lines as they take. */
function linesOf(options: readonly Option[], width: number, measure: Measure): readonly (readonly Option[])[] {
  const lines: Option[][] = [];
  let left = Infinity;
  for (const option of options) {
    const wide = chipWidth(option.words, width, measure);
    if (left + wide > width) {
      lines.push([]);
      left = 0;
    }
    lines.at(-1)?.push(option);
    left += wide + GAP;
  }
  return lines;
}

function field(row: Extract<Row, { kind: "field" }>, key: string, width: number, measure: Measure): Laid {
  const box: Laid = {
    height: BUTTON_HEIGHT,
    put: (sheet, x, y) => {
      sheet.target({ key, x, y, width, height: BUTTON_HEIGHT, face: "field", enabled: true, act: () => row.edit() });
      if (row.lit === true) sheet.add({ kind: "rule", x: x + 6, y: y + BUTTON_HEIGHT - 3, width: width - 12 });
      const empty = row.value === "";
      const text = fitted(empty ? row.invites : row.value, width - 2 * PAD - 32, BODY, measure);
      sheet.text(x + PAD, y + BUTTON_HEIGHT / 2, text, { ...BODY, color: empty ? "soft" : "ink" });
      sheet.icon(x + width - PAD - 22, y + (BUTTON_HEIGHT - 22) / 2, 22, "keyboard", "soft");
    },
  };
  return row.words === "" ? box : labelled(row.words, box);
}

function swatches(row: Extract<Row, { kind: "swatches" }>, key: string, width: number): Laid {
  const each = (width - (SWATCHES_IN_A_LINE - 1) * GAP) / SWATCHES_IN_A_LINE;
  const lines = Math.ceil(PALETTE.length / SWATCHES_IN_A_LINE);
  const step = TARGET_MIN_DMM + 4;
  return labelled(row.words, {
    height: lines * (step + GAP) - GAP,
    put: (sheet, x, y) =>
      PALETTE.forEach(({ name, hex }, index) => {
        const left = x + (index % SWATCHES_IN_A_LINE) * (each + GAP);
        const top = y + Math.floor(index / SWATCHES_IN_A_LINE) * (step + GAP);
        const face = row.value === hex ? "chosen" : "raised";
        sheet.target({ key: `${key} ${name}`, x: left, y: top, width: each, height: step, face, swatch: hex, enabled: true, act: () => row.choose(hex) });
      }),
  });
}

function line(row: Extract<Row, { kind: "line" }>, width: number, measure: Measure): Laid {
  const lines = wrapped(row.text, width, BODY, measure, 8);
  const step = TEXT.body * LEADING;
  // Room above a name, so that lines of one person stand together.
  const [above, name_height] = row.by === undefined ? [0, 0] : [8, TEXT.body * 1.4];
  const head = above + name_height;
  return {
    height: head + lines.length * step,
    put: (sheet, x, y) => {
      if (row.by !== undefined) {
        const { name, color, aside } = row.by;
        const shown = fitted(name, width * 0.55, STRONG, measure);
        sheet.text(x, y + above + name_height / 2, shown, { ...STRONG, color });
        sheet.text(x + measure(shown, TEXT.body, true) + 10, y + above + name_height / 2, aside, { ...SMALL, color: "soft" });
      }
      lines.forEach((each, index) => sheet.text(x, y + head + (index + 0.5) * step, each, BODY));
    },
  };
}
