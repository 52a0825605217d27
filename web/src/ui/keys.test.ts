/** Which key does what. */
import { describe, expect, it } from "vitest";
import { MOVEMENT_KEYS } from "../systems/movement";
import { actionOf, composes, DEFAULT_KEYS, FIXED_KEYS, readKeys, rebind, rememberedKeys } from "./keys";

const press = (key: string, code = "") => ({ key, code });
const US = new Map<string, string>();

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

  it("one place means one thing, whatever the layout types there", () => {
    for (const typed of ["t", "y", "g", "е", "Process"]) expect(actionOf(DEFAULT_KEYS, press(typed, "KeyT"))).toBe("chat");
    // Where Colemak has its T, QWERTY has the F that flies: it does not chat as well.
    expect(actionOf(DEFAULT_KEYS, press("t", "KeyF"))).toBeNull();
    expect(actionOf(DEFAULT_KEYS, press("&", "Digit1"))).toBe("move_tool");
  });

  it("the list of keys is at its sign, wherever a layout has that", () => {
    for (const code of ["Slash", "KeyM", "Minus", "Digit7", "BracketLeft"]) expect(actionOf(DEFAULT_KEYS, press("?", code))).toBe("help");
    expect(actionOf(DEFAULT_KEYS, press("/", "Slash"))).toBeNull();
  });

  it("no key of moving about means anything else, and none can be given another meaning", () => {
    for (const code of MOVEMENT_KEYS) {
      const pressed = press(code.startsWith("Key") ? "x" : code, code);
      expect(actionOf(DEFAULT_KEYS, pressed), code).toBeNull();
      expect(rebind(DEFAULT_KEYS, "chat", pressed, US), code).toMatchObject({ ok: false });
    }
    const places = FIXED_KEYS.flatMap(({ keys }) => keys).filter((key) => key.startsWith("Key"));
    for (const code of places) expect(MOVEMENT_KEYS.has(code), code).toBe(true);
  });

  it("another key can be chosen and the old one is free then", () => {
    const rebound = rebind(DEFAULT_KEYS, "chat", press("y", "KeyY"), US);
    expect(rebound.ok && actionOf(rebound.keys, press("y", "KeyY"))).toBe("chat");
    expect(rebound.ok && actionOf(rebound.keys, press("t", "KeyT"))).toBeNull();
  });

  it("a key that has a meaning is not taken from it, and is called what is printed on it", () => {
    expect(rebind(DEFAULT_KEYS, "chat", press("b", "KeyB"), US)).toEqual({ ok: false, error: "B already means “Build”." });
    expect(rebind(DEFAULT_KEYS, "chat", press("z", "KeyW"), new Map([["KeyW", "z"]]))).toMatchObject({
      error: "Z is already used for moving about.",
    });
  });

  it("chosen keys are remembered, those of before by what they were called then", () => {
    const memory = memoryOf();
    rememberedKeys(memory).next({ ...DEFAULT_KEYS, people: "KeyP" });
    expect(readKeys(memory).people).toBe("KeyP");
    const old = memoryOf({ "thexr.ui.keys": JSON.stringify({ chat: "y", people: "tab", move_tool: "4", help: "!" }) });
    expect(readKeys(old)).toMatchObject({ chat: "KeyY", people: "Tab", move_tool: "Digit4", help: "!" });
  });

  it("a damaged memory falls back action by action", () => {
    const memory = memoryOf({ "thexr.ui.keys": JSON.stringify({ chat: "y", build: 7, unknown: "x" }) });
    expect(readKeys(memory)).toEqual({ ...DEFAULT_KEYS, chat: "KeyY" });
    expect(readKeys(memoryOf({ "thexr.ui.keys": "{" }))).toEqual(DEFAULT_KEYS);
  });
});

describe("input methods", () => {
  it("a key that one took is no key: while it composes, and in Safari the Enter told after it has ended", () => {
    expect(composes({ isComposing: true, keyCode: 13 })).toBe(true);
    expect(composes({ isComposing: false, keyCode: 229 })).toBe(true);
    expect(composes({ isComposing: false, keyCode: 13 })).toBe(false);
  });
});
