/** What people can add to a room, in words, for the page and for the menu inside a headset. Pure data. */
import type { ThingKind } from "../../core/things";

/** `note` says what it does where its name does not. */
export const KINDS: readonly { readonly kind: ThingKind; readonly words: string; readonly note?: string }[] = [
  { kind: "box", words: "Box" },
  { kind: "sphere", words: "Sphere" },
  { kind: "cylinder", words: "Cylinder" },
  { kind: "cone", words: "Cone" },
  { kind: "capsule", words: "Capsule" },
  { kind: "plane", words: "Plane" },
  { kind: "ground", words: "Ground" },
  { kind: "text", words: "Text" },
  { kind: "chair", words: "Chair" },
  { kind: "ball", words: "Ball" },
  { kind: "crate", words: "Crate" },
  { kind: "megaphone", words: "Megaphone", note: "Whoever holds it is heard in the whole room" },
  { kind: "table", words: "Private table", note: "Those at it hear only each other" },
  { kind: "screen", words: "Screen", note: "People share their screen, a window or a camera onto it" },
  { kind: "stage", words: "Stage", note: "Whoever stands on it is heard in the whole room" },
];
