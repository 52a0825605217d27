/**
 * A gamepad at the desk: the left stick walks, the right one looks, its buttons are keys. Pure; who asks the browser is the
 * controls.
 */

/** Sticks never rest in the very middle: so much of their way counts for nothing. */
const DEAD = 0.16;
/** Buttons of the standard layout and the keys they are: A jumps, X takes, Y hands over, B throws, sticks run and click. */
const BUTTONS: readonly (readonly [number, string])[] = [
  [0, "Space"],
  [1, "KeyF"],
  [2, "KeyG"],
  [3, "KeyH"],
  [10, "ShiftLeft"],
];
/** The right trigger clicks at the crosshair. */
const CLICK_BUTTON = 7;

/** Where the sticks are, -1..1 each: right and ahead, right and up. */
export interface Sticks {
  move_x: number;
  move_y: number;
  look_x: number;
  look_y: number;
}

type Pad = Pick<Gamepad, "axes" | "buttons" | "mapping">;

/** What a gamepad does, from one frame to the next. */
export class PadReader {
  readonly sticks: Sticks = { move_x: 0, move_y: 0, look_x: 0, look_y: 0 };
  /** Whether the trigger was pressed in this frame. */
  clicked = false;
  /** Whether it is pressed. */
  get trigger(): boolean {
    return this.#clicking;
  }
  readonly #down = new Set<string>();
  #clicking = false;

  /** Reads a gamepad, or that there is none; tells which keys it presses and lets go of. */
  read(pad: Pad | undefined, press: (code: string) => void, release: (code: string) => void): void {
    const standard = pad?.mapping === "standard" ? pad : undefined;
    const axis = (index: number): number => standard?.axes[index] ?? 0;
    const { sticks } = this;
    const [move, look] = [share(axis(0), axis(1)), share(axis(2), axis(3))];
    sticks.move_x = axis(0) * move;
    sticks.move_y = -axis(1) * move;
    sticks.look_x = axis(2) * look;
    sticks.look_y = -axis(3) * look;
    for (const [button, code] of BUTTONS) this.#press(code, standard?.buttons[button]?.pressed === true, press, release);
    const clicking = standard?.buttons[CLICK_BUTTON]?.pressed === true;
    this.clicked = clicking && !this.#clicking;
    this.#clicking = clicking;
  }

  /** Whether it does anything now. */
  get moves(): boolean {
    const { move_x, move_y, look_x, look_y } = this.sticks;
    return move_x !== 0 || move_y !== 0 || look_x !== 0 || look_y !== 0;
  }

  #press(code: string, now: boolean, press: (code: string) => void, release: (code: string) => void): void {
    if (now === this.#down.has(code)) return;
    if (now) press(code);
    else release(code);
    if (now) this.#down.add(code);
    else this.#down.delete(code);
  }
}

/** How much of a stick's way counts: nothing in the middle, all at the rim, and no jump between. */
function share(x: number, y: number): number {
  const far = Math.hypot(x, y);
  return far <= DEAD ? 0 : Math.min(1, (far - DEAD) / (1 - DEAD)) / far;
}
