/**
 * One hand's way of pressing: a ray with a trigger, or a fingertip that goes through the panel. Says what was pressed,
 * held on, let go. Pure: time is an argument.
 */
import type { Sheet, Target } from "./sheet";

/** How long a press is held on until that means something, and how often then, milliseconds. */
export const HOLD_AFTER_MS = 450;
export const HOLD_EVERY_MS = 90;
/** A fingertip that comes back this far before a panel has let go; further behind it is elsewhere, metres. */
const LET_GO_M = 0.012;
const THROUGH_MAX_M = 0.1;
/** From here on a fingertip is about to press, metres before the panel. */
export const NEAR_M = 0.07;

/** What a hand feels of it. */
export type Felt = "nothing" | "hover" | "press";

export class Presses {
  /** What is pointed at, by its key; "" for nothing. */
  hovered = "";
  #pressed = "";
  #next_hold_ms = 0;
  #was_held = false;

  /** A frame: where on which sheet the hand is, undefined elsewhere. */
  step(sheet: Sheet | undefined, u: number, v: number, pressed: boolean, held: boolean, now_ms: number): Felt {
    const target = sheet?.at(u, v);
    const fresh = target !== undefined && target.key !== this.hovered;
    this.hovered = target?.key ?? "";
    const released = this.#was_held && !held;
    this.#was_held = held;
    if (pressed && target !== undefined) {
      this.#pressed = target.key;
      this.#next_hold_ms = now_ms + HOLD_AFTER_MS;
      target.act();
      return "press";
    }
    if (released) return this.#release(target);
    if (held) this.#holdOn(sheet, now_ms);
    return fresh ? "hover" : "nothing";
  }

  #release(target: Target | undefined): Felt {
    const elsewhere = this.#pressed !== "" && target !== undefined && target.key !== this.#pressed;
    this.#pressed = "";
    if (!elsewhere || target.lands !== true) return "nothing";
    target.act();
    return "press";
  }

  #holdOn(sheet: Sheet | undefined, now_ms: number): void {
    if (this.#pressed === "" || now_ms < this.#next_hold_ms) return;
    this.#next_hold_ms = now_ms + HOLD_EVERY_MS;
    sheet?.find(this.#pressed)?.hold?.();
  }
}

/** A fingertip before one panel: it presses when it comes from the front and goes through. */
export class Fingertip {
  pressed = false;
  held = false;
  #before = false;

  /** How far before the panel it is (behind it negative), and whether it is beside it. */
  step(front_m: number, inside: boolean): void {
    const through = inside && front_m <= 0 && front_m > -THROUGH_MAX_M;
    this.pressed = through && this.#before && !this.held;
    this.held = inside && (this.pressed || (this.held && front_m < LET_GO_M && front_m > -THROUGH_MAX_M));
    this.#before = front_m > 0 && front_m < NEAR_M;
  }

  away(): void {
    this.pressed = this.held = this.#before = false;
  }
}
