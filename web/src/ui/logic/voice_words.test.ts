import { expect, test } from "vitest";
import type { Microphone } from "../../core/voice";
import { microphoneWords, voiceReport, voiceRows } from "./voice_words";

const STATES: readonly Microphone[] = ["off", "asking", "on", "denied", "missing", "busy", "insecure", "muted"];
const NUMBERS = { path: "udp", rtt_ms: 31.6, loss: 0.0123, jitter_ms: 4.4, received_kbit_s: 61.2, sent_kbit_s: 30.8, slots: 8 } as const;

test("each state of the microphone is told from the others by words, and only one of them is on", () => {
  const words = STATES.map((state) => microphoneWords(state, false));
  expect(new Set(words.map(({ label }) => label)).size).toBe(STATES.length);
  expect(words.filter(({ icon }) => icon === "mic").map(({ short }) => short)).toEqual(["On"]);
});

test("whatever is wrong says what to do about it, and who is muted learns why nobody hears them", () => {
  for (const state of STATES) expect(microphoneWords(state, false).advice !== "", state).toBe(microphoneWords(state, false).tone === "warn");
  expect(microphoneWords("muted", false).label).toContain("moderator");
});

test("where one holds to talk the button says so", () => {
  expect(microphoneWords("off", true).label).toContain("hold to talk");
});

test("the line is told in units that need no legend", () => {
  expect(voiceRows(NUMBERS)).toContainEqual(["Lost", "1.2 %"]);
  expect(voiceRows(NUMBERS)).toContainEqual(["Path", "Direct (UDP)"]);
});

test("whoever runs the server reads why there are no voices", () => {
  const failed = { kind: "failed", why: "Your network lets no voices through.", advice: "", again: true } as const;
  expect(voiceReport(failed, "off", null)).toEqual(["Voices: Failed: Your network lets no voices through.", "Microphone: off"]);
  expect(voiceReport({ kind: "connected" }, "on", NUMBERS)[0]).toContain("round trip 32 ms");
});
