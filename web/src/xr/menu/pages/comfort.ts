/** How this visitor likes to move and to look; remembered in this browser. Pure: state in, rows out. */
import type { MovementRules } from "../../../core/movement_rules";
import type { Settings } from "../../../core/settings";
import { stepped } from "../../../ui/logic/numbers";
import type { Page, Row } from "../rows";
import { SETTINGS_LIST, type SettingLine } from "../settings_list";
import type { Desk } from "../state";

export function comfort({ app }: Desk): Page {
  const { settings$ } = app.preferences;
  const rules = app.movement.rules$.value;
  return { rows: SETTINGS_LIST.map((line) => rowOf(line, settings$.value, rules, (settings) => settings$.next(settings))) };
}

function rowOf(line: SettingLine, settings: Settings, rules: MovementRules, set: (settings: Settings) => void): Row {
  const { words } = line;
  switch (line.kind) {
    case "switch": {
      const note = typeof line.note === "function" ? line.note(rules) : line.note;
      return { kind: "switch", words, ...(note === undefined ? {} : { note }), on: line.read(settings), set: (on) => set(line.with(settings, on)) };
    }
    case "range": {
      const value = line.read(settings);
      const [min, max] = line.range;
      const step = (sign: 1 | -1): void => set(line.with(settings, stepped(value, sign * line.step, { min, max })));
      return { kind: "steps", words, shown: line.shown(value), step };
    }
    case "choice":
      return { kind: "choice", words, options: line.options, value: line.read(settings), choose: (value) => set(line.with(settings, value)) };
  }
}
