/** Text in lines of a width. Pure: how wide letters are is an argument. */

import { letters } from "../../core/writing";

/** Width of a text of a size (both dmm). */
export type Measure = (text: string, size: number, strong: boolean) => number;

export interface Font {
  readonly size: number;
  readonly strong: boolean;
}

const DOTS = "…";

/** The text in one line, shortened where it is too wide. */
export function fitted(text: string, width: number, { size, strong }: Font, measure: Measure): string {
  if (measure(text, size, strong) <= width) return text;
  const all = letters(text);
  let [fits, too_many] = [0, all.length];
  while (too_many - fits > 1) {
    const count = (fits + too_many) >> 1;
    if (measure(all.slice(0, count).join("") + DOTS, size, strong) <= width) fits = count;
    else too_many = count;
  }
  return all.slice(0, fits).join("").trimEnd() + DOTS;
}

/** The end of a text that fits in a line: what was written last stays in sight. */
export function fittedEnd(text: string, width: number, font: Font, measure: Measure): string {
  const backwards = (each: string): string => [...letters(each)].reverse().join("");
  const mirrored: Measure = (each, size, strong) => measure(backwards(each), size, strong);
  return backwards(fitted(backwards(text), width, font, mirrored));
}

/** The text broken between words, and within a word that is wider than a line; the last line is shortened to fit. */
export function wrapped(text: string, width: number, font: Font, measure: Measure, lines_max = Infinity): readonly string[] {
  const fits = (line: string): boolean => measure(line, font.size, font.strong) <= width;
  const lines: string[] = [];
  let line = "";
  const words = text.split("\n").flatMap((part, index) => (index === 0 ? part.split(" ") : ["\n", ...part.split(" ")]));
  for (const word of words) {
    if (word !== "\n" && fits(line === "" ? word : `${line} ${word}`)) {
      line = line === "" ? word : `${line} ${word}`;
      continue;
    }
    if (line !== "" || word === "\n") lines.push(line);
    line = word === "\n" ? "" : word;
    while (!fits(line) && lines.length < lines_max) {
      const head = headOf(line, fits);
      lines.push(head);
      line = line.slice(head.length);
    }
    if (lines.length >= lines_max) break;
  }
  if (lines.length < lines_max) return [...lines, line];
  const rest = `${lines[lines_max - 1] ?? ""} ${line}`.trimEnd();
  return line === "" && lines.length === lines_max ? lines : [...lines.slice(0, lines_max - 1), fitted(rest + DOTS, width, font, measure)];
}

/** As much of a word as fits, at least a letter. */
function headOf(word: string, fits: (line: string) => boolean): string {
  const all = letters(word);
  let count = 1;
  while (count < all.length && fits(all.slice(0, count + 1).join(""))) count += 1;
  return all.slice(0, count).join("");
}
