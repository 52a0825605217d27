import { expect, test } from "vitest";
import { Voice, type VoicePort, sameOrNew } from "./voice";

const NO_MEMORY = { getItem: () => null, setItem: () => undefined };

/** Voices whose code comes, or does not, when we say so. */
function bench() {
  const done: string[] = [];
  const fetches: { come(): void; fail(): void }[] = [];
  const port = { press: () => void done.push("press"), hold: (down: boolean) => void done.push(`hold ${down}`) } as VoicePort;
  const voice = new Voice(NO_MEMORY, () => new Promise((resolve, reject) => fetches.push({ come: () => resolve(port), fail: () => reject(new Error("lost")) })));
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  return { voice, done, fetches, settle };
}

test("nothing is fetched until somebody wants it, then once", async () => {
  const { voice, done, fetches, settle } = bench();
  expect(fetches).toHaveLength(0);
  voice.press();
  void voice.load();
  expect(fetches).toHaveLength(1);
  fetches[0]?.come();
  await settle();
  expect(done).toEqual(["press"]);
});

test("once it is there a press is done at once: browsers want to see it", async () => {
  const { voice, done, fetches, settle } = bench();
  void voice.load();
  fetches[0]?.come();
  await settle();
  voice.press();
  expect(done).toEqual(["press"]);
});

test("what could not be fetched is said, and fetched at the next wish", async () => {
  const { voice, fetches, settle } = bench();
  void voice.load();
  fetches[0]?.fail();
  await settle();
  expect(voice.hearing$.value).toMatchObject({ kind: "failed", advice: "Reload the page to try again." });
  voice.press();
  expect(fetches).toHaveLength(2);
});

test("a key turns the microphone on or off when it goes down, or is held", async () => {
  const { voice, done, fetches, settle } = bench();
  void voice.load();
  fetches[0]?.come();
  await settle();
  for (const held of [false, true]) for (const down of [true, false]) voice.button(down, held);
  expect(done).toEqual(["press", "hold true", "hold false"]);
});

test("a list in which nobody changed is the same list", () => {
  const before = new Set(["ada", "ben"]);
  expect(sameOrNew(before, new Set(["ben", "ada"]))).toBe(before);
  expect([...sameOrNew(before, new Set(["ada", "cleo"]))]).toEqual(["ada", "cleo"]);
});
