/** The three lines of a first visit. */
import { expect, it } from "vitest";
import { afterLesson, LESSONS, lessonWords } from "./first_hint";

it("each line goes once, in whatever order its thing is done", () => {
  const after = afterLesson(afterLesson(LESSONS, "look"), "move");
  expect(after).toEqual(["open"]);
  expect(afterLesson(after, "move")).toBe(after);
  expect(afterLesson(after, "open")).toEqual([]);
});

it("the last line names the keys as they are bound", () => {
  const keys = { microphone: "V", chat: "Y", help: "F1", walk: "Z Q S D" };
  expect(lessonWords("open", false, keys)).toBe("V to talk, Y to chat, F1 for keys");
  expect(lessonWords("move", false, keys)).toBe("Walk with Z Q S D or the arrows");
});
