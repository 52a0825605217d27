/**
 * How a person looks beside their colour: the shape of the head, what is on it, what is before the eyes. Read from an
 * `avatar`, of which anything may be missing or unknown. Pure.
 */
import { AVATAR_FACES, AVATAR_HEADS, AVATAR_TOPS, type AvatarFace, type AvatarHead, type AvatarTop } from "./generated";
import { type Json, type JsonObject, member, text } from "./json";

export interface AvatarLook {
  readonly head: AvatarHead;
  readonly top: AvatarTop;
  readonly face: AvatarFace;
  /** Colour of the hair, "#RRGGBB". */
  readonly hair: string;
}

/** Colours of hair to choose from. */
export const HAIR_COLORS = ["#2B211C", "#6B4226", "#B5651D", "#E2B65A", "#9AA0A6", "#8E4EC6"] as const;
export const PLAIN_LOOK: AvatarLook = { head: "round", top: "none", face: "none", hair: HAIR_COLORS[1] };

/** What takes the colour of hair; hats take the person's. */
export const HAIR_TOPS: readonly AvatarTop[] = ["short", "bun", "curls"];

/** An `avatar` that says no more than what differs from a plain look. */
export function avatarOf(color: string, { head, top, face, hair }: AvatarLook): JsonObject {
  return {
    color,
    ...(head === PLAIN_LOOK.head ? {} : { head }),
    ...(top === PLAIN_LOOK.top ? {} : { top }),
    ...(face === PLAIN_LOOK.face ? {} : { face }),
    ...(HAIR_TOPS.includes(top) ? { hair } : {}),
  };
}

export function lookOf(avatar: Json | undefined): AvatarLook {
  const one = <T extends string>(name: string, known: readonly T[], otherwise: T): T =>
    known.find((each) => each === text(member(avatar, name))) ?? otherwise;
  const hair = text(member(avatar, "hair")) ?? "";
  return {
    head: one("head", AVATAR_HEADS, PLAIN_LOOK.head),
    top: one("top", AVATAR_TOPS, PLAIN_LOOK.top),
    face: one("face", AVATAR_FACES, PLAIN_LOOK.face),
    hair: /^#[0-9a-f]{6}$/i.test(hair) ? hair : PLAIN_LOOK.hair,
  };
}

export function sameLook(a: AvatarLook, b: AvatarLook): boolean {
  return a.head === b.head && a.top === b.top && a.face === b.face && a.hair === b.hair;
}
