/** The visitor's settings as the menu offers them. One more setting is one more line here. Pure data. */
import {
  type HeadsetSettings,
  MOVE_SPEED_RANGE,
  SNAP_DEGREES,
  type Side,
  TURN_SPEED_RANGE,
  type TurnKind,
  type Vignette,
} from "../../core/headset_settings";
import { LOOK_SPEED_RANGE } from "../../core/memory";
import { type MovementRules, NOBODY_FLIES } from "../../core/movement_rules";
import type { Graphics, Settings } from "../../core/settings";
import { GRAPHICS_WORDS } from "../../ui/logic/graphics_words";
import { HANDS, STEPS, TURNS, VIGNETTES } from "../../ui/logic/headset_words";
import { formatNumber } from "../../ui/logic/numbers";
import { effectsWords } from "../../ui/logic/voice_words";
import type { Option } from "./rows";

/** What a line changes of the settings. */
interface Of<T> {
  readonly words: string;
  read(settings: Settings): T;
  with(settings: Settings, value: T): Settings;
}

export type SettingLine =
  | ({ readonly kind: "switch"; readonly note?: string | ((rules: MovementRules) => string) } & Of<boolean>)
  | ({ readonly kind: "range"; readonly range: readonly [number, number]; readonly step: number; shown(value: number): string } & Of<number>)
  | ({ readonly kind: "choice"; readonly options: readonly Option[] } & Of<string>);

/** What a line changes of the settings that only matter with a headset. */
function worn(settings: Settings, change: Partial<HeadsetSettings>): Settings {
  return { ...settings, headset: { ...settings.headset, ...change } };
}

export const SETTINGS_LIST: readonly SettingLine[] = [
  {
    kind: "choice",
    words: "Point and teleport with",
    options: HANDS,
    read: ({ headset }) => headset.dominant,
    with: (settings, dominant) => worn(settings, { dominant: dominant as Side }),
  },
  {
    kind: "choice",
    words: "Turn",
    options: TURNS,
    read: ({ headset }) => headset.turn,
    with: (settings, turn) => worn(settings, { turn: turn as TurnKind }),
  },
  {
    kind: "choice",
    words: "One step turns",
    options: STEPS,
    read: ({ headset }) => String(headset.snap_degrees),
    with: (settings, step) =>
      worn(settings, { snap_degrees: SNAP_DEGREES.find((degrees) => String(degrees) === step) ?? settings.headset.snap_degrees }),
  },
  {
    kind: "range",
    words: "Smooth turning",
    range: TURN_SPEED_RANGE,
    step: 10,
    shown: (value) => `${formatNumber(value, 0)}° a second`,
    read: ({ headset }) => headset.turn_speed,
    with: (settings, turn_speed) => worn(settings, { turn_speed }),
  },
  {
    kind: "range",
    words: "Walking speed",
    range: MOVE_SPEED_RANGE,
    step: 0.5,
    shown: (value) => `${formatNumber(value, 1)} m a second`,
    read: ({ headset }) => headset.move_speed,
    with: (settings, move_speed) => worn(settings, { move_speed }),
  },
  {
    kind: "choice",
    words: "Dim the edges while moving",
    options: VIGNETTES,
    read: ({ headset }) => headset.vignette,
    with: (settings, vignette) => worn(settings, { vignette: vignette as Vignette }),
  },
  {
    kind: "switch",
    words: "Seated",
    note: "Your eyes are as high as if you stood.",
    read: ({ headset }) => headset.seated,
    with: (settings, seated) => worn(settings, { seated }),
  },
  {
    kind: "switch",
    words: "Fly",
    note: ({ flying }) => (flying ? "Go where you look, without falling." : NOBODY_FLIES),
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
    kind: "range",
    words: "Effects",
    range: [0, 1],
    step: 0.1,
    shown: effectsWords,
    read: ({ sound }) => sound.effects,
    with: (settings, effects) => ({ ...settings, sound: { ...settings.sound, effects } }),
  },
  {
    kind: "switch",
    words: "Captions for sounds",
    note: "Effects stand as words, too: [door].",
    read: ({ sound }) => sound.captions,
    with: (settings, captions) => ({ ...settings, sound: { ...settings.sound, captions } }),
  },
  {
    kind: "choice",
    words: "Graphics",
    options: GRAPHICS_WORDS,
    read: ({ graphics }) => graphics,
    with: (settings, graphics) => ({ ...settings, graphics: graphics as Graphics }),
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
