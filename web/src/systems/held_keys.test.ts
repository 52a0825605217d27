/** Keys that are down, on keyboards and systems as they are. */
import { expect, test } from "vitest";
import { HeldKeys, type KeyDown } from "./held_keys";

const key = (code: string, key: string, more: Partial<KeyDown> = {}): KeyDown => ({
  code,
  key,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

test("the same place walks on every layout, an input method's included", () => {
  for (const printed of ["w", "z", ",", "ц", "Process"]) {
    const keys = new HeldKeys();
    expect(keys.press(key("KeyW", printed), false)).toBe("movement");
    expect([...keys.down]).toEqual(["KeyW"]);
  }
});

test("nobody walks on because Command swallowed the release", () => {
  const keys = new HeldKeys();
  keys.press(key("KeyW", "w"), false);
  keys.press(key("MetaLeft", "Meta", { metaKey: true }), false);
  expect([...keys.down]).toEqual([]);
  // What is pressed while Command is held belongs to the system, and its release is never told.
  keys.press(key("KeyA", "a", { metaKey: true }), false);
  keys.press(key("KeyW", "w", { metaKey: true, repeat: true }), false);
  keys.release({ code: "MetaLeft", key: "Meta" });
  expect([...keys.down]).toEqual([]);
});

test("Alt and AltGr are not Ctrl", () => {
  const keys = new HeldKeys();
  keys.press(key("KeyD", "ð", { altKey: true, ctrlKey: true }), true);
  keys.press(key("KeyD", "d", { altKey: true }), false);
  keys.press(key("KeyD", "đ"), true);
  expect([...keys.pressed, ...keys.down]).toEqual([]);
  expect(keys.press(key("KeyD", "d", { ctrlKey: true }), false)).toBe("command");
  expect([...keys.pressed]).toEqual(["Ctrl+D"]);
});

test("Ctrl goes by the letter: Z is where Z is printed", () => {
  const keys = new HeldKeys();
  keys.press(key("KeyY", "z", { ctrlKey: true }), false);
  expect([...keys.pressed]).toEqual(["Ctrl+Z"]);
  expect(keys.press(key("KeyZ", "y", { ctrlKey: true }), false)).toBe("other");
});

test("a key that repeats is pressed once and held", () => {
  const keys = new HeldKeys();
  keys.press(key("KeyG", "g"), false);
  keys.pressed.clear();
  keys.press(key("KeyG", "g", { repeat: true }), false);
  expect([...keys.pressed]).toEqual([]);
  keys.release(key("KeyG", "g"));
  expect([[...keys.down], [...keys.released]]).toEqual([[], ["KeyG"]]);
});

test("digits choose a weapon, once a press, and stay whatever else they are", () => {
  const keys = new HeldKeys();
  const press = (repeat: boolean) => keys.press({ key: "2", code: "Digit2", repeat, ctrlKey: false, metaKey: false, altKey: false }, false);
  expect([press(false), press(true)]).toEqual(["other", "other"]);
  expect([...keys.pressed]).toEqual(["Digit2"]);
  expect(keys.down.size).toBe(0);
});
