import { expect, test } from "vitest";
import type { Memory } from "./memory";
import { CHOICES_MAX, USUAL_CHOICE, VOLUME_MAX, VoiceChoices, unheard } from "./voice_choices";

function memoryOf(entries: { readonly [key: string]: string } = {}): Memory & { readonly kept: Map<string, string> } {
  const kept = new Map(Object.entries(entries));
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test("somebody stays as loud, and as muted, as they were made", () => {
  const memory = memoryOf();
  const choices = new VoiceChoices(memory);
  choices.set("ben", { volume: 0.5 });
  choices.set("ben", { muted: true });
  const later = new VoiceChoices(memory);
  expect(later.of("ben")).toEqual({ volume: 0.5, muted: true });
  expect(unheard(later.choices$.value)).toEqual(["ben"]);
  expect(later.of("cleo")).toEqual(USUAL_CHOICE);
});

test("who is heard as usual again is forgotten", () => {
  const memory = memoryOf();
  const choices = new VoiceChoices(memory);
  choices.set("ben", { muted: true });
  choices.set("ben", { muted: false });
  expect(memory.kept.get("thexr.voices")).toBe("{}");
});

test("of too many people the oldest choice is forgotten", () => {
  const choices = new VoiceChoices(memoryOf());
  for (let at = 0; at <= CHOICES_MAX; at += 1) choices.set(`p${at}`, { muted: true });
  choices.set("p1", { volume: 0.3 });
  choices.set("new", { muted: true });
  expect(choices.choices$.value.size).toBe(CHOICES_MAX);
  expect([choices.of("p0"), choices.of("p2")]).toEqual([USUAL_CHOICE, USUAL_CHOICE]);
  expect(choices.of("p1")).toEqual({ volume: 0.3, muted: true });
});

test("a damaged memory, or one that is forbidden, costs nothing but the choices", () => {
  const damaged = new VoiceChoices(memoryOf({ "thexr.voices": '{"ben":{"volume":90,"muted":"very"},"cleo":7}' }));
  expect(damaged.of("ben")).toEqual({ volume: VOLUME_MAX, muted: false });
  expect(new VoiceChoices(memoryOf({ "thexr.voices": "[1]" })).choices$.value.size).toBe(0);
  const forbidden: Memory = {
    getItem: () => {
      throw new Error("forbidden");
    },
    setItem: () => {
      throw new Error("forbidden");
    },
  };
  const choices = new VoiceChoices(forbidden);
  choices.set("ben", { muted: true });
  expect(choices.of("ben").muted).toBe(true);
});
