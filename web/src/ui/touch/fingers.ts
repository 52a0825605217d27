/**
 * Fingers on the view: left thumb walks, right thumb looks, a tap goes on to the view. Owns every touch that lands on
 * the canvas until it is known what it means; writes `app.touch`. Mice and pens never come here.
 *
 * finger lands ──moves > 8 px──▶ drag (stick or look) ──lifts──▶ gone; in full swing: a flick
 *     │ └──lifts──▶ tap: the view gets the whole press afterwards
 *     └──rests 450 ms──▶ press: the view gets it from here on, moves and release included
 */
import type { TouchInput } from "../../core/touch";
import { LookPad, stick, type Point } from "../logic/joystick";
import { drags, flickOf, PRESS_MS, sideOf, type Step } from "../logic/taps";

/** Where the stick is drawn, in window pixels; null while no thumb walks. */
export type DrawnStick = { readonly origin: Point; readonly knob: Point } | null;

export interface FingerOptions {
  readonly touch: TouchInput;
  /** Whether the view itself takes a finger that lands there: on a handle, or on what is dragged. */
  readonly viewTakes: (x_px: number, y_px: number) => boolean;
  readonly drawStick: (stick: DrawnStick) => void;
}

interface Finger {
  readonly side: "stick" | "look";
  readonly start: Point;
  readonly canvas: HTMLCanvasElement;
  readonly press: ReturnType<typeof setTimeout>;
  /** Where it was since it landed, the newest last. */
  readonly steps: Step[];
  last: Point;
  dragging: boolean;
}

/** Steps of a finger that are kept: a flick has fewer. */
const STEPS_KEPT = 64;

/** Listens until disposed. Captures at the window, so the view never sees a finger that is a thumb. */
export function listenToFingers(options: FingerOptions): () => void {
  const { touch } = options;
  const fingers = new Map<number, Finger>();
  const pad = new LookPad();
  let frame = 0;
  let frame_at_ms = 0;

  const onDown = (event: PointerEvent): void => {
    const canvas = event.target;
    if (!isFinger(event) || !(canvas instanceof HTMLCanvasElement)) return;
    if (options.viewTakes(event.clientX, event.clientY)) return;
    const side = sideOf(event.clientX, canvas.clientWidth);
    event.stopImmediatePropagation();
    const taken = [...fingers.values()].some((finger) => finger.side === side);
    if (taken) return;
    const start = { x: event.clientX, y: event.clientY };
    const press = setTimeout(() => handOver(event), PRESS_MS);
    const steps = [{ ...start, at_ms: event.timeStamp }];
    fingers.set(event.pointerId, { side, start, canvas, press, steps, last: start, dragging: false });
    if (side === "stick") options.drawStick({ origin: start, knob: { x: 0, y: 0 } });
    else startLooking();
  };

  const onMove = (event: PointerEvent): void => {
    const finger = held(event);
    if (finger === undefined) return;
    const at = { x: event.clientX, y: event.clientY };
    if (finger.steps.length < STEPS_KEPT) finger.steps.push({ ...at, at_ms: event.timeStamp });
    if (!finger.dragging && !drags(finger.start, at.x, at.y)) return;
    finger.dragging = true;
    clearTimeout(finger.press);
    if (finger.side === "stick") walk(finger, at);
    else pad.moved(at.x - finger.last.x, at.y - finger.last.y);
    finger.last = at;
  };

  const onUp = (event: PointerEvent): void => {
    const finger = held(event);
    if (finger === undefined) return;
    release(event.pointerId, finger);
    if (finger.dragging) return flick(finger, event.timeStamp);
    for (const type of ["pointermove", "pointerdown", "pointerup"]) pass(type, event, finger.canvas);
  };

  const onCancel = (event: PointerEvent): void => {
    const finger = held(event);
    if (finger !== undefined) release(event.pointerId, finger);
  };

  function held(event: PointerEvent): Finger | undefined {
    if (!isFinger(event)) return undefined;
    const finger = fingers.get(event.pointerId);
    if (finger !== undefined) event.stopImmediatePropagation();
    return finger;
  }

  function flick({ start, steps, canvas }: Finger, lifted_ms: number): void {
    const speed = flickOf(steps, lifted_ms);
    if (speed === undefined) return;
    const box = canvas.getBoundingClientRect();
    const [right_px_s, down_px_s] = speed;
    touch.flick = { x: start.x - box.left, y: start.y - box.top, right_px_s, down_px_s };
  }

  function handOver(down: PointerEvent): void {
    const finger = fingers.get(down.pointerId);
    if (finger === undefined) return;
    release(down.pointerId, finger);
    for (const type of ["pointermove", "pointerdown"]) pass(type, down, finger.canvas);
  }

  function walk(finger: Finger, at: Point): void {
    const { move, knob } = stick(finger.start, at);
    touch.move_x = move.x;
    touch.move_y = move.y;
    options.drawStick({ origin: finger.start, knob });
  }

  function startLooking(): void {
    frame_at_ms = performance.now();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
  }

  function look(now_ms: number): void {
    const rate = pad.frame((now_ms - frame_at_ms) / 1000);
    frame_at_ms = now_ms;
    touch.look_x = rate.x;
    touch.look_y = rate.y;
    frame = requestAnimationFrame(look);
  }

  function release(pointer_id: number, finger: Finger): void {
    clearTimeout(finger.press);
    fingers.delete(pointer_id);
    if (finger.side === "stick") {
      touch.move_x = touch.move_y = 0;
      options.drawStick(null);
    } else {
      cancelAnimationFrame(frame);
      pad.frame(1);
      touch.look_x = touch.look_y = 0;
    }
  }

  function releaseAll(): void {
    for (const [pointer_id, finger] of fingers) release(pointer_id, finger);
  }

  const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onCancel } as const;
  const listening = new AbortController();
  for (const [type, listener] of Object.entries(listeners)) {
    window.addEventListener(type, listener as EventListener, { capture: true, signal: listening.signal });
  }
  window.addEventListener("blur", releaseAll, { signal: listening.signal });
  return () => {
    listening.abort();
    releaseAll();
  };
}

/** A real finger; what we pass on ourselves is not trusted and must not come round again. */
function isFinger(event: PointerEvent): boolean {
  return event.isTrusted && event.pointerType === "touch";
}

/** Gives the view an event as if the finger had come to it directly. */
function pass(type: string, from: PointerEvent, canvas: HTMLCanvasElement): void {
  const pressed = type === "pointerdown";
  const init: PointerEventInit = {
    pointerId: from.pointerId,
    pointerType: from.pointerType,
    isPrimary: from.isPrimary,
    clientX: from.clientX,
    clientY: from.clientY,
    screenX: from.screenX,
    screenY: from.screenY,
    button: type === "pointermove" ? -1 : 0,
    buttons: pressed ? 1 : 0,
    pressure: pressed ? 0.5 : 0,
    bubbles: true,
    cancelable: true,
    composed: true,
  };
  canvas.dispatchEvent(new PointerEvent(type, init));
}
