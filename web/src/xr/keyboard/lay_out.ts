/**
 * Where the keys of a keyboard are: the text above, letters in three lines, commands around them. Pure.
 */
import { Sheet, TEXT } from "../panel/sheet";
import { type Measure, fitted, fittedEnd } from "../panel/wrap";
import type { Command, Keyboard } from "./keyboard";
import { MARKS } from "./layers";
import type { PanelIcon } from "../panel/icons";

export const KEYBOARD = { width: 700, height: 348 } as const;
const EDGE = 14;
const GAP = 6;
const KEYS_IN_A_LINE = 10;
const KEY = { width: (KEYBOARD.width - 2 * EDGE - (KEYS_IN_A_LINE - 1) * GAP) / KEYS_IN_A_LINE, height: 54 };
const LETTER_SIZE = 25;
/** The text and what is said about it. */
const FIELD_HEIGHT = 66;
const KEYS_FROM = EDGE + FIELD_HEIGHT + 10;

/** Who does what the keys say. */
export interface Hands {
  letter(letter: string): void;
  holdLetter(letter: string): void;
  relative(letter: string): void;
  command(command: Command): void;
}

export function layOutKeyboard(keyboard: Keyboard, hands: Hands, measure: Measure): Sheet {
  const sheet = new Sheet(KEYBOARD.width, KEYBOARD.height);
  putText(sheet, keyboard, hands, measure);
  putLetters(sheet, keyboard, hands);
  putCommands(sheet, keyboard, hands, measure);
  if (keyboard.relatives.length > 0) putRelatives(sheet, keyboard.relatives, hands);
  return sheet;
}

function putText(sheet: Sheet, { text, writing, note }: Keyboard, hands: Hands, measure: Measure): void {
  const close = 56;
  const width = KEYBOARD.width - 2 * EDGE - close - GAP;
  const [x, middle] = [EDGE + 14, EDGE + FIELD_HEIGHT / 2];
  sheet.add({ kind: "plate", x: EDGE, y: EDGE, width, height: FIELD_HEIGHT, mark: "accent" });
  const small = { size: TEXT.small, strong: true } as const;
  const said = fitted(note, 0.75 * width, { size: TEXT.small, strong: false }, measure);
  const aside = said === "" ? 0 : measure(said, TEXT.small, false) + 14;
  sheet.text(x, middle - 17, fitted(writing.title, width - 28 - aside, small, measure), { ...small, color: "soft" });
  if (said !== "") sheet.text(EDGE + width - 14, middle - 17, said, { size: TEXT.small, align: "right", color: "soft" });
  const font = { size: TEXT.lead, strong: false } as const;
  if (text === "") sheet.text(x + 8, middle + 14, fitted(writing.invites, width - 36, font, measure), { ...font, color: "soft" });
  const shown = fittedEnd(text, width - 36, font, measure);
  if (text !== "") sheet.text(x, middle + 14, shown, font);
  sheet.text(x + (text === "" ? 0 : measure(shown, font.size, false) + 2), middle + 13, "|", { ...font, color: "accent" });
  putCommand(sheet, { command: "close", icon: "close" }, hands, KEYBOARD.width - EDGE - close, EDGE, close, FIELD_HEIGHT);
}

/** The last line of letters. */
const LAST = 2;

const left = (line: number, count: number): number => {
  const width = count * (KEY.width + GAP) - GAP;
  // Letters of the last line leave room for shift at their left.
  return line === LAST ? EDGE + 1.5 * (KEY.width + GAP) : (KEYBOARD.width - width) / 2;
};

const top = (line: number): number => KEYS_FROM + line * (KEY.height + GAP);

function putLetters(sheet: Sheet, keyboard: Keyboard, hands: Hands): void {
  keyboard.lines.forEach((letters, line) =>
    letters.forEach((letter, index) => {
      const x = left(line, letters.length) + index * (KEY.width + GAP);
      putLetter(sheet, letter, `${line} ${index}`, x, top(line), KEY.width, () => hands.letter(letter), () => hands.holdLetter(letter));
    }),
  );
}

function putLetter(sheet: Sheet, letter: string, key: string, x: number, y: number, width: number, act: () => void, hold?: () => void): void {
  sheet.target({ key, x, y, width, height: KEY.height, face: "key", enabled: true, act, ...(hold && { hold }) });
  sheet.text(x + width / 2, y + KEY.height / 2 + 1, letter, { size: LETTER_SIZE, align: "center" });
}

interface CommandKey {
  readonly command: Command;
  readonly icon?: PanelIcon;
  readonly words?: string;
  readonly lit?: boolean;
  readonly primary?: boolean;
  readonly enabled?: boolean;
  readonly again?: boolean;
}

function putCommands(sheet: Sheet, keyboard: Keyboard, hands: Hands, measure: Measure): void {
  const { shift, layer, writing, text, sending } = keyboard;
  const wide = 1.5 * KEY.width + 0.5 * GAP;
  const right = KEYBOARD.width - EDGE;
  putCommand(sheet, { command: "shift", icon: shift === "locked" ? "capitals" : "shift", lit: shift !== "off" }, hands, EDGE, top(LAST), wide, KEY.height);
  putCommand(sheet, { command: "backspace", icon: "backspace", again: true }, hands, right - wide, top(LAST), wide, KEY.height);
  let x = EDGE;
  const next = (width: number): number => (x += width + GAP) - width - GAP;
  const layer_words = layer === "letters" ? "123 ä" : "abc";
  putCommand(sheet, { command: "layer", words: layer_words }, hands, next(wide), top(LAST + 1), wide, KEY.height);
  for (const mark of MARKS.slice(0, 2)) putLetter(sheet, mark, mark, next(KEY.width), top(LAST + 1), KEY.width, () => hands.letter(mark));
  const send_width = Math.max(wide, measure(writing.send_words, TEXT.lead, true) + 36);
  const space = right - x - send_width - 2 * (KEY.width + GAP) - GAP;
  putCommand(sheet, { command: "space", words: "space" }, hands, next(space), top(LAST + 1), space, KEY.height);
  for (const mark of MARKS.slice(2)) putLetter(sheet, mark, mark, next(KEY.width), top(LAST + 1), KEY.width, () => hands.letter(mark));
  const enabled = !sending && writing.error(text.trim()) === null;
  putCommand(sheet, { command: "enter", words: writing.send_words, primary: true, enabled }, hands, right - send_width, top(LAST + 1), send_width, KEY.height);
}

function putCommand(sheet: Sheet, key: CommandKey, hands: Hands, x: number, y: number, width: number, height: number): void {
  const { command, icon, words = "", lit = false, primary = false, enabled = true, again = false } = key;
  const face = lit ? "chosen" : primary ? "primary" : "raised";
  const act = (): void => hands.command(command);
  sheet.target({ key: command, x, y, width, height, face, enabled, act, ...(again && { hold: act }) });
  const color = !enabled ? "soft" : lit || primary ? "on_accent" : "ink";
  if (icon !== undefined) sheet.icon(x + (width - 26) / 2, y + (height - 26) / 2, 26, icon, color);
  else sheet.text(x + width / 2, y + height / 2 + 1, words, { size: TEXT.lead, strong: primary, align: "center", color });
}

/** Over the keys, in their middle: seen wherever the letter is. */
function putRelatives(sheet: Sheet, relatives: readonly string[], hands: Hands): void {
  const each = KEY.width + 6;
  const width = relatives.length * (each + GAP) + GAP;
  const [x, y] = [(KEYBOARD.width - width) / 2, top(0) - 6];
  sheet.add({ kind: "plate", x, y, width, height: KEY.height + 12, mark: "ink" });
  relatives.forEach((letter, index) => {
    const at = x + GAP + index * (each + GAP);
    sheet.target({ key: `relative ${index}`, x: at, y: y + 6, width: each, height: KEY.height, face: "chosen", enabled: true, lands: true, act: () => hands.relative(letter) });
    sheet.text(at + each / 2, y + 7 + KEY.height / 2, letter, { size: LETTER_SIZE, align: "center", strong: true, color: "on_accent" });
  });
}
