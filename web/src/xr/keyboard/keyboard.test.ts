import { expect, test } from "vitest";
import { Keyboard, type Writing } from "./keyboard";

function writing(more: Partial<Writing> = {}): Writing & { readonly sent: string[] } {
  const sent: string[] = [];
  const send = async (text: string): Promise<boolean> => {
    sent.push(text);
    return true;
  };
  const error = (text: string): string | null => (text === "" ? "Write something." : null);
  return { title: "Chat", invites: "Write", value: "", chars_max: 12, send_words: "Send", error, send, ...more, sent };
}

const type = (keyboard: Keyboard, text: string): void => [...text].forEach((letter) => keyboard.letter(letter));

test("a text begins with a capital and goes on small, also after the end of a sentence", async () => {
  const keyboard = new Keyboard(writing());
  expect(keyboard.lines[0]?.[0]).toBe("Q");
  keyboard.letter("H");
  expect(keyboard.lines[0]?.[0]).toBe("q");
  type(keyboard, "i.");
  await keyboard.command("space");
  expect([keyboard.text, keyboard.shift]).toEqual(["Hi. ", "once"]);
});

test("shift raises one letter, pressed twice all that follow, pressed again none", async () => {
  const keyboard = new Keyboard(writing({ value: "a" }));
  expect(keyboard.shift).toBe("off");
  await keyboard.command("shift");
  keyboard.letter("B");
  expect(keyboard.shift).toBe("off");
  await keyboard.command("shift");
  await keyboard.command("shift");
  type(keyboard, "CD");
  expect(keyboard.shift).toBe("locked");
  await keyboard.command("shift");
  expect([keyboard.text, keyboard.shift]).toEqual(["aBCD", "off"]);
});

test("a letter that is held offers its relatives, as large as it was written, and one of them takes its place", () => {
  const keyboard = new Keyboard(writing({ value: "Gr" }));
  keyboard.letter("u");
  keyboard.holdLetter("u");
  expect(keyboard.relatives[0]).toBe("ü");
  keyboard.relative("ü");
  expect([keyboard.text, keyboard.relatives]).toEqual(["Grü", []]);
  keyboard.letter("S");
  keyboard.holdLetter("s");
  expect(keyboard.relatives[0]).toBe("ß");
  keyboard.letter("A");
  // The keys are small again by now.
  keyboard.holdLetter("a");
  expect(keyboard.relatives[0]).toBe("Ä");
  keyboard.letter("q");
  keyboard.holdLetter("q");
  expect(keyboard.relatives).toEqual([]);
});

test("digits, umlauts and signs are on a second page", async () => {
  const keyboard = new Keyboard(writing());
  await keyboard.command("layer");
  expect(keyboard.lines.flat()).toEqual(expect.arrayContaining(["7", "ä", "ö", "ü", "ß", "@"]));
  await keyboard.command("shift");
  expect(keyboard.lines.flat()).toEqual(expect.arrayContaining(["Ä", "ß"]));
});

test("a letter is taken back whole, whatever it is made of", async () => {
  const keyboard = new Keyboard(writing({ value: "a👋" }));
  await keyboard.command("backspace");
  expect(keyboard.text).toBe("a");
});

test("no more is written than there is room for, and near the end it says so", () => {
  const keyboard = new Keyboard(writing({ chars_max: 3 }));
  expect(keyboard.note).toBe("3 characters left");
  type(keyboard, "abcd");
  expect([keyboard.text, keyboard.note]).toEqual(["abc", "0 characters left"]);
});

test("what is wrong is said while one writes, not before", () => {
  const keyboard = new Keyboard(writing({ chars_max: 100, error: () => "Too short." }));
  expect(keyboard.note).toBe("");
  keyboard.letter("a");
  expect(keyboard.note).toBe("Too short.");
});

test("what is wrong is not sent; what was sent ends the writing, or begins the next", async () => {
  const name = writing();
  const once = new Keyboard(name);
  expect(await once.command("enter")).toBe(false);
  type(once, "Ada");
  expect(await once.command("enter")).toBe(true);
  expect(name.sent).toEqual(["Ada"]);

  const chat = writing({ again: true });
  const again = new Keyboard(chat);
  type(again, "Hello ");
  expect(await again.command("enter")).toBe(false);
  expect([chat.sent, again.text, again.shift]).toEqual([["Hello"], "", "once"]);
});

test("a refused text comes back to be changed", async () => {
  const keyboard = new Keyboard(writing({ again: true, send: async () => false }));
  type(keyboard, "Hello");
  await keyboard.command("enter");
  expect(keyboard.text).toBe("Hello");
});
