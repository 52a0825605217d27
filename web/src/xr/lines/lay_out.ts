/** Lines on plates, one below the other, the newest lowest. Pure. */
import type { HudLine } from "../../core/hud";
import { Sheet } from "../panel/sheet";
import { type Measure, wrapped } from "../panel/wrap";

export const LINES = { width: 640, height: 460 } as const;
/** What the room itself says is larger than what just happened. */
const PLAIN = { size: 22, strong: false, leading: 29 } as const;
const BANNER = { size: 32, strong: true, leading: 41 } as const;
const PAD = { x: 18, y: 8 };
const GAP = 7;
const MARK = 24;
const LINES_OF_TEXT_MAX = 3;

/** What does not fit above is left out: the newest matters. */
export function layOutLines(lines: readonly HudLine[], measure: Measure): Sheet {
  const sheet = new Sheet(LINES.width, LINES.height);
  let bottom = LINES.height as number;
  for (const { text, tone, banner_ms } of lines.toReversed()) {
    const font = banner_ms === undefined ? PLAIN : BANNER;
    const { leading } = font;
    const marked = tone === "plain" ? 0 : MARK;
    const rows = wrapped(text, LINES.width - 2 * PAD.x - marked - 2, font, measure, LINES_OF_TEXT_MAX);
    const height = rows.length * leading + 2 * PAD.y;
    if (bottom - height < 0) break;
    const widest = Math.max(...rows.map((row) => measure(row, font.size, font.strong)));
    const width = widest + 2 * PAD.x + marked;
    const [x, y] = [(LINES.width - width) / 2, bottom - height];
    sheet.add({ kind: "plate", x, y, width, height });
    if (marked > 0) sheet.add({ kind: "dot", x: x + PAD.x + 6, y: y + PAD.y + leading / 2, radius: 6, color: tone === "good" ? "good" : "accent", hollow: false });
    rows.forEach((row, index) => sheet.text(x + PAD.x + marked, y + PAD.y + (index + 0.5) * leading, row, font));
    bottom = y - GAP;
  }
  return sheet;
}
