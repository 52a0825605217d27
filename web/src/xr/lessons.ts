/** What a first visit with a headset teaches: each line goes once its thing was done, all are gone for good after that. Pure. */
import type { Side } from "../core/headset_settings";

export type Lesson = "walk" | "turn" | "teleport";
export const LESSONS: readonly Lesson[] = ["walk", "turn", "teleport"];

/** The words of what is still to learn; someone without controllers has nothing but their hands. */
export function lessonLines(open: readonly Lesson[], dominant: Side, bare_hands: boolean): readonly string[] {
  if (bare_hands) return open.includes("teleport") ? ["Pinch and point at the floor, let go to be there"] : [];
  const [point, walk] = dominant === "right" ? ["Right", "Left"] : ["Left", "Right"];
  const words: { readonly [lesson in Lesson]: string } = {
    walk: `${walk} stick walks`,
    turn: `${point} stick to a side turns`,
    teleport: `${point} stick ahead aims, let go to be there`,
  };
  return open.map((lesson) => words[lesson]);
}
