/** What keys are called on the keyboards people have. */
import { describe, expect, it } from "vitest";
import { Keyboard, commandLetter, keyLabel } from "./keyboard";

const AZERTY = new Map([["KeyQ", "a"], ["KeyW", "z"], ["KeyA", "q"], ["Digit1", "&"]]);
const DVORAK = new Map([["KeyT", "y"], ["KeyG", "i"]]);
const CYRILLIC = new Map([["KeyT", "е"], ["KeyW", "ц"]]);

describe("keys are called what is printed on them", () => {
  it("on every layout", () => {
    expect(["KeyW", "KeyA", "KeyS", "KeyD"].map((code) => keyLabel(code, AZERTY)).join("")).toBe("ZQSD");
    expect(keyLabel("KeyT", DVORAK)).toBe("Y");
    expect(keyLabel("KeyT", CYRILLIC)).toBe("Е");
    expect(keyLabel("Digit1", AZERTY)).toBe("1");
    expect(["Space", "Tab", "Delete", "?"].map((code) => keyLabel(code, AZERTY))).toEqual(["Space", "Tab", "Del", "?"]);
  });

  it("where the browser does not tell, from what they type", () => {
    const keyboard = new Keyboard();
    const seen: string[] = [];
    keyboard.layout$.subscribe(() => seen.push(keyboard.label("KeyW")));
    keyboard.learn("KeyS", "s");
    keyboard.learn("KeyW", "z");
    keyboard.learn("KeyW", "z");
    keyboard.learn("KeyW", "Process");
    expect(seen).toEqual(["W", "Z"]);
    keyboard.learn("KeyW", "w");
    expect(keyboard.label("KeyW")).toBe("W");
  });

  it("Ctrl and Command go by the letter, on layouts without Latin letters by its place", () => {
    expect(commandLetter({ key: "z", code: "KeyY" })).toBe("Z");
    expect(commandLetter({ key: "я", code: "KeyZ" })).toBe("Z");
    expect(commandLetter({ key: "D", code: "KeyD" })).toBe("D");
  });
});
