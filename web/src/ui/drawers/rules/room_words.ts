/** What the fields of rules know of the room: given once by the section that holds them. */
import { createContext } from "svelte";
import type { Known } from "../../logic/rules/known";
import type { NameOf } from "../../logic/rules/sentence";

export interface RoomWords {
  /** Read where it is shown: it changes with the room. */
  readonly known: () => Known;
  /** How to call a thing or a person. */
  readonly nameOf: (entity: string) => string | undefined;
  /** The list of names that a field offers. */
  readonly listOf: (names: NameOf | "tag") => string;
}

export const [useRoomWords, provideRoomWords] = createContext<RoomWords>();
