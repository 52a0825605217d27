/**
 * The log wall: what happened, to be read again, by whoever put it up and nobody else. Pure.
 */
import type { LogLine } from "../../core/log";
import { type Relations, isHidden } from "../../core/rights";
import { readableOn } from "../../ui/logic/colors";
import { clockTime } from "../../ui/logic/time";
import { Sheet, TEXT, type Tone, chosen } from "../panel/sheet";
import { type Measure, fitted, wrapped } from "../panel/wrap";
import { GAP, type Laid, putButton } from "../menu/lay_out";
import { type Span, screensOf } from "../menu/screens";

export const WALL = { width: 860, height: 640 } as const;
const EDGE = 18;
const HEAD = 62;
const FOOT = 56;
const TIME_WIDTH = 62;
const LEADING = 27;
const LINES_OF_TEXT_MAX = 4;
const BODY = { size: TEXT.body, strong: false } as const;

/** What is done with the wall itself. */
export interface WallHands {
  /** Which screen is shown; 0 has the newest lines. */
  readonly screen: number;
  show(screen: number): void;
  close(): void;
}

export function layOutWall(lines: readonly LogLine[], relations: Relations, hands: WallHands, measure: Measure): Sheet {
  const sheet = new Sheet(WALL.width, WALL.height);
  const title = { size: TEXT.lead, strong: true };
  sheet.text(EDGE, HEAD / 2 + 2, "What happened", title);
  sheet.text(EDGE + measure("What happened", TEXT.lead, true) + 16, HEAD / 2 + 4, "only you see this", { size: TEXT.small, color: "soft" });
  putButton(sheet, { words: "", icon: "close", face: "bare", act: hands.close }, "close", WALL.width - EDGE - 56, 8, 56, 48, measure);
  sheet.add({ kind: "rule", x: EDGE, y: HEAD, width: WALL.width - 2 * EDGE });
  const shown = lines.filter((each) => each.kind === "told" || !isHidden(relations, each.line.user_id));
  if (shown.length === 0) {
    sheet.text(EDGE, HEAD + 40, "Nothing has happened since you came.", { color: "soft" });
    return sheet;
  }
  putLines(sheet, shown, hands, measure);
  return sheet;
}

function putLines(sheet: Sheet, lines: readonly LogLine[], hands: WallHands, measure: Measure): void {
  const rows = lines.map((line) => rowOf(line, measure));
  const room = WALL.height - HEAD - FOOT - 2 * 12;
  const spans = screensOf(rows, room, 0, true);
  const screen = Math.min(hands.screen, spans.length - 1);
  const span: Span = spans[screen] ?? [0, 0];
  let y = HEAD + 12;
  for (const row of rows.slice(...span)) {
    row.put(sheet, EDGE, y);
    y += row.height;
  }
  const leaf = (words: string, icon: "ascend" | "down", x: number, to: number): void => {
    const enabled = to >= 0 && to < spans.length;
    putButton(sheet, { words, icon, enabled, act: () => hands.show(to) }, words, x, WALL.height - EDGE - 46, 140, 46, measure);
  };
  leaf("Earlier", "ascend", EDGE, screen + 1);
  leaf("Later", "down", EDGE + 140 + GAP, screen - 1);
  const place = `${spans.length - screen} of ${spans.length}`;
  sheet.text(WALL.width - EDGE, WALL.height - EDGE - 23, place, { color: "soft", align: "right" });
}

function rowOf(line: LogLine, measure: Measure): Laid {
  const width = WALL.width - 2 * EDGE - TIME_WIDTH;
  const by = line.kind === "said" ? fitted(line.line.nickname, width / 3, { size: TEXT.body, strong: true }, measure) : "";
  const indent = by === "" ? 0 : measure(by, TEXT.body, true) + 10;
  const texts = wrapped(line.line.text, width - indent, BODY, measure, LINES_OF_TEXT_MAX);
  return {
    height: texts.length * LEADING + 3,
    put: (sheet, x, y) => {
      const middle = y + LEADING / 2;
      sheet.text(x, middle + 1, clockTime(line.at_ms), { size: TEXT.small, color: "soft" });
      if (line.kind === "said") {
        const color = chosen(readableOn(line.line.color));
        sheet.text(x + TIME_WIDTH, middle, by, { strong: true, color });
      }
      texts.forEach((text, index) => sheet.text(x + TIME_WIDTH + indent, middle + index * LEADING, text, { color: toneOf(line) }));
    },
  };
}

function toneOf(line: LogLine): Tone {
  if (line.kind === "said") return "ink";
  const tones = { plain: "soft", good: "good", warn: "accent" } as const;
  return tones[line.line.tone];
}
