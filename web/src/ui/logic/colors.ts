/**
 * Colours of people and things: the palettes, reading "#RRGGBB", and making a name readable on dark glass. Pure.
 */

/** Twelve colours that stay apart from each other; a newcomer gets one of them. */
export const PALETTE = [
  { name: "Coral", hex: "#E2573A" },
  { name: "Amber", hex: "#EDA52F" },
  { name: "Green", hex: "#5FA33C" },
  { name: "Teal", hex: "#1F9D8F" },
  { name: "Blue", hex: "#2F7FD6" },
  { name: "Violet", hex: "#7A5CD6" },
  { name: "Rose", hex: "#D9527F" },
  { name: "Slate", hex: "#56657C" },
  { name: "Clay", hex: "#A8623F" },
  { name: "Lime", hex: "#B4C94B" },
  { name: "Sky", hex: "#6FB6E0" },
  { name: "White", hex: "#F4F5F7" },
] as const;

/** The lightest the panels get: doubled glass over a white wall. Text must be readable even there. */
export const PANEL_WORST = "#20262C";
/** WCAG AA for text. */
export const CONTRAST_MIN = 4.5;

type Rgb = readonly [number, number, number];

/** "#RRGGBB" in capitals, or null for anything else; "#RGB" is widened. */
export function normalizeHex(text: string): string | null {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (digits === undefined) return null;
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits;
  return `#${full.toUpperCase()}`;
}

/** WCAG contrast of two "#RRGGBB" colours, 1..21. */
export function contrast(a: string, b: string): number {
  const [la, lb] = [luminance(channels(a)), luminance(channels(b))];
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

/** The colour itself where it is readable on the background, else mixed with as little white as makes it so. */
export function readableOn(color: string, background: string = PANEL_WORST): string {
  const hex = normalizeHex(color) ?? "#FFFFFF";
  for (let white = 0; white < 1; white += 0.05) {
    const mixed = toHex(mix(channels(hex), white));
    if (contrast(mixed, background) >= CONTRAST_MIN) return mixed;
  }
  return "#FFFFFF";
}

function channels(hex: string): Rgb {
  const value = Number.parseInt((normalizeHex(hex) ?? "#FFFFFF").slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function mix([r, g, b]: Rgb, white: number): Rgb {
  const part = (channel: number): number => Math.round(channel + (255 - channel) * white);
  return [part(r), part(g), part(b)];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`.toUpperCase();
}

/** Relative luminance, WCAG 2.2. */
function luminance(rgb: Rgb): number {
  const linear = (channel: number): number => {
    const part = channel / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}
