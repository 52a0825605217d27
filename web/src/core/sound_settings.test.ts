import { expect, test } from "vitest";
import { SOUND_DEFAULTS, readSoundSettings } from "./sound_settings";

test("what makes no sense is the usual, and nothing is louder than it came", () => {
  expect(readSoundSettings({ microphone: 7, output: null, push_to_talk: "yes", mono: 1, volume: 3, effects: 2, captions: "on" })).toEqual(SOUND_DEFAULTS);
  expect(readSoundSettings(undefined)).toEqual(SOUND_DEFAULTS);
});

test("what makes sense stays", () => {
  const chosen = { microphone: "a1", output: "b2", push_to_talk: true, mono: true, hrtf: false, volume: 0.25, effects: 0, captions: true };
  expect(readSoundSettings(chosen)).toEqual(chosen);
});
