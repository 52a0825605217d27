/**
 * Writing with a keyboard in the air: which keys there are now, and what a press of one does to the text. Pure.
 *
 * A letter is written when it is pressed; held on, the key offers its relatives (a: ä à á), and the chosen one takes the
 * letter's place.
 */
import { letters } from "../../core/writing";
import { LAYERS, type Layer, RELATIVES } from "./layers";

/** A text that is being written. */
export interface Writing {
  /** Where it goes, in a word or two. */
  readonly title: string;
  /** In the empty field. */
  readonly invites: string;
  readonly value: string;
  readonly chars_max: number;
  /** On the key that sends it. */
  readonly send_words: string;
  /** Goes on with an empty text after it was sent. */
  readonly again?: boolean;
  /** What is wrong with the text, or null. */
  error(text: string): string | null;
  /** True when it was taken. */
  send(text: string): Promise<boolean>;
}

/** Keys that are no letters. */
export type Command = "shift" | "layer" | "backspace" | "space" | "enter" | "close";

export type Shift = "off" | "once" | "locked";

export class Keyboard {
  text: string;
  shift: Shift = "off";
  layer: Layer = "letters";
  /** What the letter pressed last may become. */
  relatives: readonly string[] = [];
  readonly writing: Writing;
  #sending = false;

  constructor(writing: Writing) {
    this.writing = writing;
    this.text = writing.value;
    this.#raise();
  }

  get sending(): boolean {
    return this.#sending;
  }

  /** The letters on the keys, line by line. */
  get lines(): readonly (readonly string[])[] {
    const raised = this.shift !== "off";
    return LAYERS[this.layer].map((line) => [...line].map((letter) => (raised ? upper(letter) : letter)));
  }

  /** What stands below the text: what is wrong with it, or how much room is left when that is little. */
  get note(): string {
    const error = this.text === "" ? null : this.writing.error(this.text.trim());
    if (error !== null) return error;
    const left = this.writing.chars_max - [...this.text].length;
    if (left <= 20) return `${left} ${left === 1 ? "character" : "characters"} left`;
    return "";
  }

  letter(letter: string): void {
    this.relatives = [];
    this.#write(letter);
    this.#followed();
  }

  /** A letter that is held on offers its relatives, as large as it was written. */
  holdLetter(letter: string): void {
    const written = [...this.text].at(-1) ?? "";
    const small = letter.toLowerCase();
    const raised = written.toLowerCase() === small && written !== small;
    this.relatives = [...(RELATIVES[small] ?? "")].map((each) => (raised ? upper(each) : each));
  }

  /** Takes the place of the letter that was held. */
  relative(letter: string): void {
    this.relatives = [];
    this.text = withoutLast(this.text);
    this.#write(letter);
  }

  /** Resolves true when this ended the writing. */
  async command(command: Command): Promise<boolean> {
    this.relatives = [];
    switch (command) {
      case "shift":
        this.shift = this.shift === "off" ? "once" : this.shift === "once" ? "locked" : "off";
        return false;
      case "layer":
        this.layer = this.layer === "letters" ? "signs" : "letters";
        this.shift = "off";
        return false;
      case "backspace":
        this.text = withoutLast(this.text);
        this.#raise();
        return false;
      case "space":
        this.#write(" ");
        this.#raise();
        return false;
      case "enter":
        return await this.#send();
      case "close":
        return true;
    }
  }

  async #send(): Promise<boolean> {
    const sent = this.text.trim();
    if (this.#sending || this.writing.error(sent) !== null) return false;
    this.#sending = true;
    if (this.writing.again === true) this.text = "";
    const taken = await this.writing.send(sent);
    this.#sending = false;
    // A refused line comes back to be changed, unless the next one is being written.
    if (!taken && this.text === "") this.text = sent;
    this.#raise();
    return taken && this.writing.again !== true;
  }

  #write(letter: string): void {
    if ([...this.text].length < this.writing.chars_max) this.text += letter;
  }

  /** After a letter the next one is small. */
  #followed(): void {
    if (this.shift === "once") this.shift = "off";
  }

  /** Sentences and names begin with a capital. */
  #raise(): void {
    if (this.shift === "locked" || this.layer !== "letters") return;
    this.shift = this.text === "" || /[.!?…] +$/.test(this.text) ? "once" : "off";
  }
}

/** A capital that is one letter: ß has none of those. */
function upper(letter: string): string {
  const raised = letter.toUpperCase();
  return [...raised].length === 1 ? raised : letter;
}

function withoutLast(text: string): string {
  return letters(text).slice(0, -1).join("");
}
