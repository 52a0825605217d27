/**
 * Which keys of movement and hands are down, and which went down or up since the last frame. Pure: events are arguments.
 *
 * A key that is down must not stay so: while Command is held some systems tell of no release, another window or a field may
 * take it, and an input method hides what it takes. Whatever makes a release uncertain lets go of all.
 */
import { commandLetter } from "../core/keyboard";
import { MOVEMENT_KEYS, WEAPON_KEYS } from "./movement";

/** What is read of a key that goes down. */
export interface KeyDown {
  readonly key: string;
  readonly code: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key that goes down is: one of ours, a command of ours (`Ctrl+D`), or somebody else's. */
export type Meaning = "movement" | "command" | "other";

/** Commands of this application; all others are the browser's. */
const COMMANDS: ReadonlySet<string> = new Set(["D", "Z"]);

export class HeldKeys {
  readonly down = new Set<string>();
  pressed = new Set<string>();
  released = new Set<string>();

  /** `alt_graph` types a sign with two keys: on Windows it says that Ctrl and Alt are held, and neither is meant. */
  press(event: KeyDown, alt_graph: boolean): Meaning {
    if (event.metaKey || event.key === "Meta") this.letGo();
    if (alt_graph || event.altKey) return "other";
    if (event.ctrlKey || event.metaKey) return this.#command(event);
    if (WEAPON_KEYS.has(event.code) && !event.repeat) this.pressed.add(event.code);
    if (!MOVEMENT_KEYS.has(event.code)) return "other";
    if (!event.repeat) this.pressed.add(event.code);
    this.down.add(event.code);
    return "movement";
  }

  release({ key, code }: Pick<KeyDown, "key" | "code">): void {
    if (key === "Meta") this.letGo();
    if (this.down.delete(code)) this.released.add(code);
  }

  /** A button of a gamepad or of the thumbs. */
  hold(code: string): void {
    this.down.add(code);
    this.pressed.add(code);
  }

  /** All keys are up, whether or not anybody says so. */
  letGo(): void {
    for (const code of this.down) this.released.add(code);
    this.down.clear();
  }

  /** The window or a field takes the keyboard: keys are up, and nothing follows from that. */
  forget(): void {
    this.down.clear();
  }

  #command(event: KeyDown): Meaning {
    const letter = commandLetter(event);
    if (!COMMANDS.has(letter)) return "other";
    if (!event.repeat) this.pressed.add(`Ctrl+${letter}`);
    return "command";
  }
}
