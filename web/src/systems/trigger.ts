/**
 * What is pressed - a key, a controller's trigger - and the thing that it triggers: one command a press, or how far it is
 * pressed for as long as it is. Pure; time is an argument.
 */
import type { Holding } from "../core/holding";
import { Edits } from "./edits";
import type { TriggerKind } from "./usable";

/** Pressed this far, of its way, a trigger goes off once; let go this far it may again. */
const PRESSED_FROM = 0.7;
const PRESSED_UNTIL = 0.4;
/** Steps in which the room is told how far a trigger is pressed. */
const STEPS = 16;

export interface Triggerable {
  readonly entity: string;
  readonly kind: TriggerKind;
}

/** A press on a thing. What the room has refused is not asked again before the next. */
interface Pull {
  readonly target: Triggerable;
  value: number;
  heard: boolean;
  refused: boolean;
}

/**
 * ready ──pressed on a thing──▶ pulled ──let go of──▶ ready
 *   │                             └──the thing is gone──▶ spent
 *   └──pressed on nothing──▶ spent ──let go of──▶ ready
 */
type State = { readonly kind: "ready" } | { readonly kind: "pulled"; readonly pull: Pull } | { readonly kind: "spent" };

export class Trigger {
  readonly #holding: Holding;
  readonly #edits = new Edits<{ readonly pull: Pull; readonly value: number }>();
  #state: State = { kind: "ready" };
  #last: string | undefined;

  constructor(holding: Holding) {
    this.#holding = holding;
  }

  /** What is being triggered. */
  get on(): Triggerable | undefined {
    return this.#state.kind === "pulled" ? this.#state.pull.target : undefined;
  }

  /** It is pressed so far (0 to 1) on a thing, or on nothing; once a frame. True when something went off. */
  press(value: number, target: Triggerable | undefined, now_ms: number): boolean {
    if (this.on !== undefined && this.on.entity !== target?.entity) this.end(now_ms);
    // With nothing to trigger it counts as pressed from the first: what is taken meanwhile does not go off.
    const pressed = isPressed(value, target?.kind ?? "continuous", this.#state.kind !== "ready");
    const began = pressed && this.#state.kind === "ready";
    if (began) this.#state = this.#begin(target, now_ms);
    if (this.#state.kind === "pulled" && this.#state.pull.target.kind === "continuous") this.#put(this.#state.pull, value);
    if (!pressed) this.#state = { kind: "ready" };
    this.#send(now_ms, false);
    return began && this.on?.kind === "discrete";
  }

  /** The thing is let go of: that nothing is pressed any more is said at once. */
  end(now_ms: number): void {
    if (this.#state.kind === "pulled") {
      if (this.#state.pull.target.kind === "continuous") this.#put(this.#state.pull, 0);
      this.#state = { kind: "spent" };
    }
    this.#send(now_ms, true);
  }

  #begin(target: Triggerable | undefined, now_ms: number): State {
    if (target === undefined) return { kind: "spent" };
    // Else what the last thing has not been told yet would be forgotten for this one.
    if (this.#last !== target.entity) this.#send(now_ms, true);
    this.#last = target.entity;
    if (target.kind === "discrete") void this.#holding.trigger(target.entity);
    return { kind: "pulled", pull: { target, value: 0, heard: false, refused: false } };
  }

  #put(pull: Pull, exactly: number): void {
    const value = stepped(exactly);
    if (value === pull.value || (pull.refused && (value > 0 || !pull.heard))) return;
    pull.value = value;
    this.#edits.put({ pull, value });
  }

  #send(now_ms: number, last: boolean): void {
    const edit = this.#edits.take(now_ms, last);
    if (edit === undefined) return;
    const { pull, value } = edit;
    void this.#holding.trigger(pull.target.entity, value).then(({ ok }) => {
      this.#edits.answered();
      pull.heard ||= ok;
      pull.refused ||= !ok;
    });
  }
}

function isPressed(value: number, kind: TriggerKind, was_pressed: boolean): boolean {
  if (kind === "continuous") return stepped(value) > 0;
  return value >= (was_pressed ? PRESSED_UNTIL : PRESSED_FROM);
}

function stepped(value: number): number {
  return Math.round(value * STEPS) / STEPS;
}
