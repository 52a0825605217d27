/**
 * Long lines of a text in the room, broken at words into lines about equally long. Pure: who measures is handed in.
 */

/** A line broken into as few as fit `width_max`; a word that is wider alone stays whole. */
export function brokenLine(line: string, width_max: number, widthOf: (line: string) => number): readonly string[] {
  const whole = widthOf(line);
  if (whole <= width_max) return [line];
  const rows = Math.ceil(whole / width_max);
  // As even as words allow: the last line is no orphan.
  for (let width = whole / rows; width < width_max; width += width_max / 12) {
    const filled = fill(line, width, widthOf);
    if (filled.length <= rows) return filled;
  }
  return fill(line, width_max, widthOf);
}

function fill(line: string, width: number, widthOf: (line: string) => number): readonly string[] {
  const rows: string[] = [];
  for (const word of line.split(" ")) {
    const last = rows.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && widthOf(longer) > width) rows.push(word);
    else rows[Math.max(0, rows.length - 1)] = longer;
  }
  return rows;
}
