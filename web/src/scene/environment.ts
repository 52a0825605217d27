/**
 * Light, haze and colours of a room's sky: five of ours, and what a room says over them. Owns numbers; pure.
 *
 * The sun stands behind the left shoulder of who looks along +Z, as people arrive: fronts are lit, right sides in shade.
 * Colours are sRGB, 0..1, unless they say `light`: those are linear and may exceed 1.
 */
import { SKIES, type SkyName } from "../core/generated";
import { type Json, member, number, text } from "../core/json";
import { hex, rgb } from "./looks";
import type { Vector } from "./matrix";

export interface Sky {
  /** Straight up, between, at the horizon, and straight down where no plain is. */
  readonly zenith: Vector;
  readonly mid: Vector;
  readonly horizon: Vector;
  readonly below: Vector;
  /** Two lines of hills; undefined where the horizon is bare. */
  readonly hills: readonly [Vector, Vector] | undefined;
  /** Colour round the sun; how bright it is far from it, near it, and the disc itself. */
  readonly glow: Vector;
  readonly wide: number;
  readonly tight: number;
  readonly disc: number;
  readonly clouds: Vector;
  /** 0 none … 1: hides the sky. */
  readonly cloudiness: number;
  /** Where the sunlight goes, and its light. */
  readonly sun_along: Vector;
  readonly sun_light: Vector;
  /** How strong the sky's own light is, and how much of its hue it keeps. */
  readonly ambient: number;
  readonly saturation: number;
  readonly exposure: number;
  /** What the sunlit ground throws back. */
  readonly bounce: Vector;
  /** Colour of the air, and where two thirds of it hide what is behind, metres. */
  readonly haze: Vector;
  readonly haze_m: number;
  /** The plain at height 0 under the room: whether there is one, its colour, and that of the paving in its middle. */
  readonly plain: boolean;
  readonly plain_color: Vector;
  readonly paving: Vector;
  /** How black contact with the ground is, a light. */
  readonly contact_light: Vector;
}

/** How far the sunlit half of a room's own haze reaches into the curve of ours. */
const HAZE_SHARE = 0.55;

const DAY: Sky = {
  zenith: hex("#2c7bd0"),
  mid: hex("#7cbdee"),
  horizon: hex("#eef3ee"),
  below: hex("#bccfcf"),
  hills: [hex("#a8c6d4"), hex("#8fb3b0")],
  glow: hex("#fff0d2"),
  wide: 0.12,
  tight: 0.5,
  disc: 4,
  clouds: hex("#ffffff"),
  cloudiness: 0.8,
  sun_along: [0.62, -0.78, 0.5],
  sun_light: [1.5, 1.35, 1.11],
  ambient: 0.8,
  saturation: 0.5,
  exposure: 0.98,
  bounce: hex("#a89a7e"),
  haze: hex("#bccfcf"),
  haze_m: 240,
  plain: true,
  plain_color: hex("#a9b086"),
  paving: hex("#cec6b5"),
  contact_light: [0.012, 0.02, 0.04],
};

/** Low sun from the right, violet shade. */
const DUSK: Sky = {
  ...DAY,
  zenith: hex("#27336b"),
  mid: hex("#8a6fa0"),
  horizon: hex("#ffb98a"),
  below: hex("#a97a88"),
  hills: [hex("#8a6688"), hex("#574a70")],
  glow: hex("#ff9a55"),
  wide: 0.45,
  tight: 0.8,
  disc: 5,
  clouds: hex("#ff9c86"),
  cloudiness: 0.6,
  sun_along: [0.86, -0.24, -0.36],
  sun_light: [1.15, 0.632, 0.345],
  ambient: 1.25,
  saturation: 0.7,
  exposure: 1.05,
  bounce: hex("#5a5068"),
  haze: hex("#a97a88"),
  haze_m: 130,
  plain_color: hex("#9a9c80"),
  paving: hex("#c9b6a4"),
  contact_light: [0.02, 0.01, 0.05],
};

/** Moonlight: blue and soft, and bright enough to find one's way. */
const NIGHT: Sky = {
  ...DAY,
  zenith: hex("#0a1022"),
  mid: hex("#1a2744"),
  horizon: hex("#3f4f6c"),
  below: hex("#2f3e58"),
  hills: [hex("#27344f"), hex("#1b263d")],
  glow: hex("#b9c9ff"),
  wide: 0.05,
  tight: 0.14,
  disc: 2.2,
  clouds: hex("#31436b"),
  cloudiness: 0.5,
  sun_along: [0.5, -0.72, 0.62],
  sun_light: [0.34, 0.4, 0.5],
  ambient: 2.6,
  saturation: 0.45,
  exposure: 1.25,
  bounce: hex("#39435c"),
  haze: hex("#2f3e58"),
  haze_m: 130,
  plain_color: hex("#6f7c78"),
  paving: hex("#8a8e98"),
  contact_light: [0.004, 0.006, 0.016],
};

/** An evenly lit room without a horizon: for showing things. */
const STUDIO: Sky = {
  ...DAY,
  zenith: hex("#b9bfc9"),
  mid: hex("#d5d9df"),
  horizon: hex("#e6e8ec"),
  below: hex("#d2d5da"),
  hills: undefined,
  glow: hex("#ffffff"),
  wide: 0.05,
  tight: 0,
  disc: 0,
  cloudiness: 0,
  sun_light: [1.02, 0.99, 0.95],
  ambient: 0.72,
  saturation: 0.4,
  exposure: 0.98,
  bounce: hex("#b9b9bb"),
  haze: hex("#dcdfe4"),
  haze_m: 90,
  plain_color: hex("#c2c5ca"),
  paving: hex("#c2c5ca"),
};

/** A closed grey sky: soft light from above, hardly a shadow. */
const OVERCAST: Sky = {
  ...DAY,
  zenith: hex("#8d9dad"),
  mid: hex("#aab7c2"),
  horizon: hex("#d3dade"),
  below: hex("#bdc7cc"),
  hills: [hex("#a3b1b9"), hex("#8a9b9f")],
  glow: hex("#f3f3ee"),
  wide: 0.1,
  tight: 0.05,
  disc: 0,
  clouds: hex("#c3ccd3"),
  cloudiness: 0.9,
  sun_light: [0.62, 0.6, 0.57],
  ambient: 1.25,
  saturation: 0.35,
  exposure: 1,
  bounce: hex("#8f9084"),
  haze: hex("#bfc9ce"),
  haze_m: 150,
  plain_color: hex("#99a184"),
  paving: hex("#bdb8ac"),
};

export const PRESETS: { readonly [name in SkyName]: Sky } = {
  day: DAY,
  dusk: DUSK,
  night: NIGHT,
  studio: STUDIO,
  overcast: OVERCAST,
};

export { DAY };

/** A room's own sky: a preset's name, or what it says over a preset (the day's when it names none). */
export function skyOf(value: Json | undefined): Sky {
  const base = preset(value) ?? preset(member(value, "preset")) ?? DAY;
  const tinted = tintedBy(base, value);
  const light = Math.min(2, Math.max(0, number(member(value, "light")) ?? 1));
  const far_m = number(member(value, "haze"));
  const turn = number(member(value, "turn")) ?? 0;
  return {
    ...tinted,
    sun_along: turned(base.sun_along, turn),
    sun_light: scaled(base.sun_light, light),
    ambient: base.ambient * light,
    haze_m: far_m === undefined ? base.haze_m : Math.max(1, far_m) * HAZE_SHARE,
    plain: member(value, "plain") !== false,
  };
}

function preset(value: Json | undefined): Sky | undefined {
  const name = SKIES.find((each) => each === text(value));
  return name && PRESETS[name];
}

/** The base in the colours a room gave. Whoever colours the sky colours the air and the hills with it. */
function tintedBy(base: Sky, value: Json | undefined): Sky {
  const whole = rgb(value);
  const top = whole ?? rgb(member(value, "top")) ?? rgb(member(value, "color"));
  const given_horizon = rgb(member(value, "horizon"));
  const given_below = rgb(member(value, "ground"));
  if (top === undefined && given_horizon === undefined && given_below === undefined) return base;
  const zenith = top ?? base.zenith;
  const horizon = given_horizon ?? (whole === undefined ? base.horizon : mixed(whole, base.horizon, 0.55));
  const own = top !== undefined || given_horizon !== undefined;
  const air = own ? mixed(horizon, zenith, 0.15) : base.haze;
  return {
    ...base,
    zenith,
    mid: own ? mixed(zenith, horizon, 0.45) : base.mid,
    horizon,
    below: given_below ?? (own ? air : base.below),
    haze: air,
    hills: own ? [mixed(horizon, zenith, 0.32), mixed(horizon, zenith, 0.5)] : base.hills,
    clouds: own ? mixed(horizon, base.clouds, 0.5) : base.clouds,
  };
}

/** `share` of the second, the rest of the first. */
export function mixed(a: Vector, b: Vector, share: number): Vector {
  const part = (axis: 0 | 1 | 2) => a[axis] + (b[axis] - a[axis]) * share;
  return [part(0), part(1), part(2)];
}

function scaled([x, y, z]: Vector, by: number): Vector {
  return [x * by, y * by, z * by];
}

/** Turned about the vertical, radians; positive turns +Z towards +X. */
function turned([x, y, z]: Vector, by: number): Vector {
  const [sine, cosine] = [Math.sin(by), Math.cos(by)];
  return [x * cosine + z * sine, y, z * cosine - x * sine];
}
