/**
 * The looks a person may choose, in words. Pure.
 */
import { type AvatarLook, HAIR_TOPS } from "../../core/avatar_look";
import { AVATAR_FACES, AVATAR_HEADS, AVATAR_TOPS, type AvatarFace, type AvatarHead, type AvatarTop } from "../../core/generated";

export type LookPart = "top" | "face" | "head";

const TOP_WORDS: { readonly [top in AvatarTop]: string } = {
  none: "Nothing",
  short: "Short hair",
  bun: "Bun",
  curls: "Curls",
  cap: "Cap",
  beanie: "Beanie",
};
const FACE_WORDS: { readonly [face in AvatarFace]: string } = { none: "None", round_glasses: "Round", square_glasses: "Square" };
const HEAD_WORDS: { readonly [head in AvatarHead]: string } = { round: "Round", tall: "Tall", wide: "Wide" };

export interface LookChoice {
  readonly part: LookPart;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly words: string }[];
}

const optionsOf = <T extends string>(values: readonly T[], words: { readonly [value in T]: string }) =>
  values.map((value) => ({ value, words: words[value] }));

/** From the top down, as one sees it. */
export const LOOK_CHOICES: readonly LookChoice[] = [
  { part: "top", label: "Hair or hat", options: optionsOf(AVATAR_TOPS, TOP_WORDS) },
  { part: "face", label: "Glasses", options: optionsOf(AVATAR_FACES, FACE_WORDS) },
  { part: "head", label: "Head", options: optionsOf(AVATAR_HEADS, HEAD_WORDS) },
];

/** The name of a hair's colour. */
export const HAIR_WORDS = [
  { name: "Black hair", hex: "#2B211C" },
  { name: "Brown hair", hex: "#6B4226" },
  { name: "Red hair", hex: "#B5651D" },
  { name: "Fair hair", hex: "#E2B65A" },
  { name: "Grey hair", hex: "#9AA0A6" },
  { name: "Violet hair", hex: "#8E4EC6" },
] as const;

/** A look with another value of a part. */
export function withPart(look: AvatarLook, part: LookPart, value: string): Partial<AvatarLook> {
  // Only values of `LOOK_CHOICES` come here.
  const changed = { [part]: value } as Partial<AvatarLook>;
  // Who shows hair for the first time shows a colour of it, too.
  return part === "top" && HAIR_TOPS.includes(value as AvatarTop) ? { ...changed, hair: look.hair } : changed;
}

export function wordsOf({ part, options }: LookChoice, look: AvatarLook): string {
  return options.find((option) => option.value === look[part])?.words ?? "";
}

/** The value that comes some steps after the one of a look, round and round. */
export function stepped({ part, options }: LookChoice, look: AvatarLook, by: number): string {
  const at = options.findIndex((option) => option.value === look[part]);
  return options[(at + by + options.length) % options.length]?.value ?? look[part];
}

export function hasHair(look: AvatarLook): boolean {
  return HAIR_TOPS.includes(look.top);
}
