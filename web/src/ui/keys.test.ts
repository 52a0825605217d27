/** Which key does what. */
import { describe, expect, it } from "vitest";
import { actionOf, DEFAULT_KEYS, keyLabel, readKeys, rebind, rememberedKeys } from "./keys";

const press = (key: string, code = "") => ({ key, code });

function memoryOf(entries: { readonly [key: string]: string } = {}) {
  const kept = new Map(Object.entries(entries));
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
}

describe("keys", () => {
  it("T chats, with and without Shift, and an unbound key does nothing", () => {
    expect(actionOf(DEFAULT_KEYS, press("t", "KeyT"))).toBe("chat");
    expect(actionOf(DEFAULT_KEYS, press("T", "KeyT"))).toBe("chat");
    expect(actionOf(DEFAULT_KEYS, press("z", "KeyZ"))).toBeNull();
  });

  it("on a Cyrillic layout T is where T is printed", () => {
    expect(actionOf(DEFAULT_KEYS, press("е", "KeyT"))).toBe("chat");
  });

  it("another key can be chosen and the old one is free then", () => {
    const rebound = rebind(DEFAULT_KEYS, "chat", press("y", "KeyY"));
    expect(rebound.ok && actionOf(rebound.keys, press("y", "KeyY"))).toBe("chat");
    expect(rebound.ok && actionOf(rebound.keys, press("t", "KeyT"))).toBeNull();
  });

  it("a key that has a meaning is not taken from it", () => {
    expect(rebind(DEFAULT_KEYS, "chat", press("b", "KeyB"))).toEqual({ ok: false, error: "B already means “Build”." });
    expect(rebind(DEFAULT_KEYS, "chat", press("w", "KeyW"))).toMatchObject({ ok: false });
    expect(rebind(DEFAULT_KEYS, "chat", press("ArrowUp", "ArrowUp"))).toMatchObject({ ok: false });
  });

  it("chosen keys are remembered", () => {
    const memory = memoryOf();
    rememberedKeys(memory).next({ ...DEFAULT_KEYS, people: "p" });
    expect(readKeys(memory).people).toBe("p");
  });

  it("a damaged memory falls back action by action", () => {
    const memory = memoryOf({ "thexr.ui.keys": JSON.stringify({ chat: "y", build: 7, unknown: "x" }) });
    expect(readKeys(memory)).toEqual({ ...DEFAULT_KEYS, chat: "y" });
    expect(readKeys(memoryOf({ "thexr.ui.keys": "{" }))).toEqual(DEFAULT_KEYS);
  });

  it("keys are shown as they are printed", () => {
    expect(["t", "tab", "delete", " ", "?"].map(keyLabel)).toEqual(["T", "Tab", "Del", "Space", "?"]);
  });
});
