/**
 * The menu's sheet: head, ways to the pages at the left, and the page's rows. Pure.
 */
import { Sheet, TEXT } from "../panel/sheet";
import { type Measure, fitted } from "../panel/wrap";
import { GAP, type Laid, layOut, putButton } from "./lay_out";
import type { Tab } from "./menu";
import type { Page, Row } from "./rows";
import { type Span, screensOf } from "./screens";
import type { MenuState } from "./state";

export const MENU = { width: 700, height: 520 } as const;
const EDGE = 14;
const HEAD = 58;
const TABS_WIDTH = 158;
const TAB_HEIGHT = 54;
/** The page: where it begins and how large it is. */
const PAGE = { x: EDGE + TABS_WIDTH + 20, y: HEAD + 14, width: MENU.width - TABS_WIDTH - 2 * EDGE - 20, height: MENU.height - HEAD - 14 - EDGE };
/** The strip beside rows of which there are more: up at its top, down at its end. */
const LEAF = { width: 48, height: 64 };
/** Between lines of what was said. */
const TIGHT = 3;

export interface Head {
  readonly title: string;
  readonly aside: string;
  readonly bars: number;
  close(): void;
}

export function layOutMenu(
  head: Head,
  tabs: readonly Tab[],
  page: Page,
  state: MenuState,
  go: (change: Partial<MenuState>) => void,
  measure: Measure,
): Sheet {
  const sheet = new Sheet(MENU.width, MENU.height);
  putHead(sheet, head, measure);
  tabs.forEach((tab, index) => putTab(sheet, tab, index, tab.page === state.page, go));
  putPage(sheet, page, state, go, measure);
  return sheet;
}

function putHead(sheet: Sheet, { title, aside, bars, close }: Head, measure: Measure): void {
  const font = { size: TEXT.lead, strong: true };
  const middle = HEAD / 2 + 2;
  const close_x = MENU.width - EDGE - 56;
  const aside_width = measure(aside, TEXT.body, false);
  sheet.add({ kind: "bars", x: close_x - 46, y: middle - 11, height: 22, bars });
  sheet.text(close_x - 62, middle, aside, { color: "soft", align: "right" });
  sheet.text(EDGE + 6, middle, fitted(title, close_x - 62 - aside_width - EDGE - 24, font, measure), font);
  putButton(sheet, { words: "", icon: "close", face: "bare", act: close }, "close", close_x, 7, 56, 46, measure);
  sheet.add({ kind: "rule", x: EDGE, y: HEAD, width: MENU.width - 2 * EDGE });
}

function putTab(sheet: Sheet, { page, words, icon, badge }: Tab, index: number, here: boolean, go: (change: Partial<MenuState>) => void): void {
  const y = HEAD + 14 + index * (TAB_HEIGHT + 6);
  const face = here ? "chosen" : "bare";
  const color = here ? "on_accent" : "ink";
  sheet.target({ key: `tab ${page}`, x: EDGE, y, width: TABS_WIDTH, height: TAB_HEIGHT, face, enabled: true, act: () => go({ page, person: null, facet: "looks" }) });
  sheet.icon(EDGE + 14, y + (TAB_HEIGHT - 26) / 2, 26, icon, color);
  sheet.text(EDGE + 52, y + TAB_HEIGHT / 2, words, { strong: here, color });
  if (badge === "") return;
  const x = EDGE + TABS_WIDTH - 22;
  sheet.add({ kind: "dot", x, y: y + TAB_HEIGHT / 2, radius: 13, color: "accent", hollow: false });
  sheet.text(x, y + TAB_HEIGHT / 2, badge, { size: TEXT.small, strong: true, align: "center", color: "on_accent" });
}

function putPage(sheet: Sheet, page: Page, state: MenuState, go: (change: Partial<MenuState>) => void, measure: Measure): void {
  const refused: readonly Row[] = state.refusal === null ? [] : [{ kind: "words", words: state.refusal, tone: "danger" }];
  const laid = (rows: readonly Row[], key: string, width: number): readonly Laid[] =>
    rows.map((row, index) => layOut(row, `${key} ${index}`, width, measure));
  const below = laid([...refused, ...(page.below ?? [])], "below", PAGE.width);
  const below_height = heightOf(below, GAP);
  putRows(sheet, below, PAGE.y + PAGE.height - below_height, GAP);

  const newest_last = page.newest_last === true;
  const gap = newest_last ? TIGHT : GAP;
  const height = PAGE.height - (below_height === 0 ? 0 : below_height + GAP + 4);
  const whole = laid(page.rows, "row", PAGE.width);
  const leafed = heightOf(whole, gap) > height;
  const rows = leafed ? laid(page.rows, "row", PAGE.width - LEAF.width - GAP) : whole;
  const spans = screensOf(rows, height, gap, newest_last);
  const screen = Math.min(state.screen, spans.length - 1);
  const shown = rows.slice(...(spans[screen] ?? ([0, 0] as Span)));
  putRows(sheet, shown, newest_last ? Math.max(PAGE.y, PAGE.y + height - heightOf(shown, gap)) : PAGE.y, gap);
  if (leafed) putLeaves(sheet, screen, spans.length, newest_last, height, (to) => go({ screen: to }));
}

function heightOf(rows: readonly Laid[], gap: number): number {
  return rows.reduce((sum, { height }) => sum + height, 0) + Math.max(0, rows.length - 1) * gap;
}

function putRows(sheet: Sheet, rows: readonly Laid[], from: number, gap: number): void {
  let y = from;
  for (const row of rows) {
    row.put(sheet, PAGE.x, y);
    y += row.height + gap;
  }
}

/** Up and down through the screens of a page; `newest_last` counts them from the end. */
function putLeaves(sheet: Sheet, screen: number, count: number, newest_last: boolean, height: number, show: (screen: number) => void): void {
  const x = PAGE.x + PAGE.width - LEAF.width;
  const [up, down] = newest_last ? [screen + 1, screen - 1] : [screen - 1, screen + 1];
  const leaf = (key: string, icon: "ascend" | "down", y: number, to: number): void => {
    const enabled = to >= 0 && to < count;
    sheet.target({ key, x, y, ...LEAF, face: "raised", enabled, act: () => show(to) });
    sheet.icon(x + (LEAF.width - 26) / 2, y + (LEAF.height - 26) / 2, 26, icon, enabled ? "ink" : "soft");
  };
  leaf("leaf up", "ascend", PAGE.y, up);
  leaf("leaf down", "down", PAGE.y + height - LEAF.height, down);
  const place = newest_last ? count - screen : screen + 1;
  sheet.text(x + LEAF.width / 2, PAGE.y + height / 2, `${place}/${count}`, { size: TEXT.small, color: "soft", align: "center" });
}
