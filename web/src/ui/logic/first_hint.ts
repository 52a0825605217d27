/**
 * The three lines of a first visit: each goes once its thing was done, and all are gone for good after that. Pure.
 */

/** What the three lines teach. */
export type Lesson = "move" | "look" | "open";
export const LESSONS: readonly Lesson[] = ["move", "look", "open"];

/** The lessons still to show after one was done. */
export function afterLesson(open: readonly Lesson[], done: Lesson): readonly Lesson[] {
  return open.includes(done) ? open.filter((lesson) => lesson !== done) : open;
}

/** The words of a lesson, for keys and mouse or for thumbs. */
export function lessonWords(lesson: Lesson, touch: boolean, keys: { readonly microphone: string; readonly chat: string; readonly help: string; readonly walk: string }): string {
  switch (lesson) {
    case "move":
      return touch ? "Left thumb walks" : `Walk with ${keys.walk} or the arrows`;
    case "look":
      return touch ? "Right thumb looks around" : "Drag to look around";
    case "open":
      return touch ? "Below: your microphone, and everything else" : `${keys.microphone} to talk, ${keys.chat} to chat, ${keys.help} for keys`;
  }
}
