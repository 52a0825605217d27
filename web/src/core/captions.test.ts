import { expect, test } from "vitest";
import { CAPTION_AGAIN_MS, CAPTION_REACH_M, Captions } from "./captions";
import { SOUNDS, soundOf } from "./sounds";

test("a sound is told in brackets and is no part of the log", () => {
  expect(new Captions().note("pick_up", 3, 0)).toEqual({ text: "[pick up]", tone: "plain", passing: true });
});

test("the same sound is told once in a while, another one at once", () => {
  const captions = new Captions();
  const told = (sound: "step" | "door", now_ms: number) => captions.note(sound, 0, now_ms)?.text;
  expect([told("step", 0), told("step", 500), told("door", 600), told("step", CAPTION_AGAIN_MS)]).toEqual(["[step]", undefined, "[door]", "[step]"]);
});

test("what is too far away to be heard is not told, and may be told when it comes nearer", () => {
  const captions = new Captions();
  expect([captions.note("door", CAPTION_REACH_M + 1, 0), captions.note("door", CAPTION_REACH_M, 10)?.text]).toEqual([undefined, "[door]"]);
});

test("voices of monsters are told in words, and what is seen anyway is not told", () => {
  const captions = new Captions();
  expect(captions.note("spitter_growl", 5, 0)?.text).toBe("[a spitter growls]");
  expect(captions.note("wall_hit", 5, 0)).toBeUndefined();
});

test("a name that nobody knows is a chime, and so is none", () => {
  expect([soundOf("thunder"), soundOf(undefined), soundOf("growl")]).toEqual(["chime", "chime", "growl"]);
  expect(new Set(SOUNDS).size).toBe(SOUNDS.length);
});
