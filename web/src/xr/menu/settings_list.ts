/** The visitor's settings as the menu offers them. One more setting is one more line here. Pure data. */
import { LOOK_SPEED_RANGE } from "../../core/memory";
import type { Settings } from "../../core/settings";
import { formatNumber } from "../../ui/logic/numbers";
import type { Option } from "./rows";

/** What a line changes of the settings. */
interface Of<T> {
  readonly words: string;
  read(settings: Settings): T;
  with(settings: Settings, value: T): Settings;
}

export type SettingLine =
  | ({ readonly kind: "switch"; readonly note?: string } & Of<boolean>)
  | ({ readonly kind: "range"; readonly range: readonly [number, number]; readonly step: number; shown(value: number): string } & Of<number>)
  | ({ readonly kind: "choice"; readonly options: readonly Option[] } & Of<string>);

export const SETTINGS_LIST: readonly SettingLine[] = [
  {
    kind: "switch",
    words: "Fly",
    note: "Go where you look, without falling.",
    read: ({ fly }) => fly,
    with: (settings, fly) => ({ ...settings, fly }),
  },
  {
    kind: "switch",
    words: "Reduce motion",
    note: "Nothing glides after you.",
    read: ({ reduce_motion }) => reduce_motion,
    with: (settings, reduce_motion) => ({ ...settings, reduce_motion }),
  },
  {
    kind: "switch",
    words: "Invert looking up and down",
    note: "With a mouse or a thumb, on the page.",
    read: ({ invert_look }) => invert_look,
    with: (settings, invert_look) => ({ ...settings, invert_look }),
  },
  {
    kind: "range",
    words: "Mouse look speed",
    range: LOOK_SPEED_RANGE,
    step: 0.1,
    shown: (value) => `${formatNumber(value, 1)}×`,
    read: ({ look_speed }) => look_speed,
    with: (settings, look_speed) => ({ ...settings, look_speed }),
  },
];
