/**
 * Keyboard and mouse on the view. Gathers between frames what the systems read in a frame.
 *
 * Looking: drag with the mouse, any button. A click without dragging captures the mouse (Esc frees it), so that one may
 * look without holding a button, and any short press is a click; not in build mode, where a click selects. A key that is
 * none of movement, or a field that takes the focus, frees the mouse too: whatever opens then can be clicked. Fingers
 * belong to the interface's thumbs (`app.touch`); here a finger only taps, and its button is Space.
 */
import type { RoomApp } from "../core/room-app";
import type { TouchInput } from "../core/touch";
import type { Input } from "./context";
import { MOVEMENT_KEYS } from "./movement";

/** A press that moved less than this, CSS pixels, and was shorter than this, milliseconds, is a click. */
const CLICK_PX = 6;
const CLICK_MS = 500;
/** What wheels count in, in CSS pixels: pixels, lines, pages. */
const WHEEL_PX: readonly number[] = [1, 33, 400];

export interface Controls {
  readonly input: Input;
  /** Hands over what was gathered; first in a frame. */
  begin(): void;
  dispose(): void;
}

type Point = { readonly x: number; readonly y: number };

type Turn = Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode" | "shiftKey">;

/** A press on the view that goes on. */
interface Press {
  readonly id: number;
  readonly at_ms: number;
  travelled: number;
  readonly looks: boolean;
  /** A captured mouse looks without a button: its press is no drag, however far it goes. */
  readonly captured: boolean;
}

interface Gathered {
  look_x: number;
  look_y: number;
  wheel: number;
  click: Point | undefined;
  pressed: Set<string>;
  released: Set<string>;
}

const nothing = (): Gathered => ({
  look_x: 0,
  look_y: 0,
  wheel: 0,
  click: undefined,
  pressed: new Set(),
  released: new Set(),
});

export function newControls(canvas: HTMLCanvasElement, app: RoomApp): Controls {
  const down = new Set<string>();
  const [held, pressed, released] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const input: Input = {
    held,
    pressed,
    released,
    take: (key) => void (held.delete(key), pressed.delete(key)),
    look_x: 0,
    look_y: 0,
    wheel: 0,
    click: undefined,
    flick: undefined,
    pointer: undefined,
    aim: undefined,
    chooses: false,
    taken: false,
  };
  const gathered = { now: nothing() };
  const listening = new AbortController();
  listenToKeys(down, gathered, listening.signal);
  listenToPointer(canvas, app, input, gathered, listening.signal);
  const building = app.building.build$.subscribe((on) => {
    if (on) freeMouse();
  });
  const readThumb = thumbReader(app.touch, down, gathered);
  return {
    input,
    begin() {
      readThumb();
      const { look_x, look_y, wheel, click } = gathered.now;
      Object.assign(input, { look_x, look_y, wheel, click, flick: app.touch.flick });
      app.touch.flick = undefined;
      fill(held, down);
      fill(pressed, gathered.now.pressed);
      fill(released, gathered.now.released);
      gathered.now = nothing();
    },
    dispose() {
      listening.abort();
      building.unsubscribe();
      freeMouse();
    },
  };
}

function fill(keys: Set<string>, now: Iterable<string>): void {
  keys.clear();
  for (const key of now) keys.add(key);
}

/** The thumbs' button is a key like the others. */
function thumbReader(touch: TouchInput, down: Set<string>, gathered: { now: Gathered }): () => void {
  let was_up = false;
  return () => {
    if (touch.up && !was_up) {
      down.add("Space");
      gathered.now.pressed.add("Space");
    }
    if (!touch.up && was_up && down.delete("Space")) gathered.now.released.add("Space");
    was_up = touch.up;
  };
}

function listenToKeys(down: Set<string>, gathered: { now: Gathered }, signal: AbortSignal): void {
  const onDown = (event: KeyboardEvent) => {
    const movement = MOVEMENT_KEYS.has(event.code);
    if (!movement) freeMouse();
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (!event.repeat && !takesKeys(event.target, event.code)) gathered.now.pressed.add(`Ctrl+${event.code}`);
      if (isDuplicate(event) && !takesKeys(event.target, event.code)) event.preventDefault();
      return;
    }
    if (!movement || event.isComposing || takesKeys(event.target, event.code)) return;
    if (!event.repeat) gathered.now.pressed.add(event.code);
    down.add(event.code);
    // Arrows and Space would scroll.
    event.preventDefault();
  };
  const onUp = ({ code }: KeyboardEvent) => {
    if (down.delete(code)) gathered.now.released.add(code);
  };
  window.addEventListener("keydown", onDown, { signal });
  window.addEventListener("keyup", onUp, { signal });
  window.addEventListener("blur", () => down.clear(), { signal });
  document.addEventListener("focusin", (event) => {
    if (!takesKeys(event.target, "KeyW")) return;
    down.clear();
    freeMouse();
  }, { signal });
}

/** Duplicating is Ctrl+D; without this the browser would make a bookmark. */
function isDuplicate(event: KeyboardEvent): boolean {
  return event.code === "KeyD" && (event.ctrlKey || event.metaKey);
}

function listenToPointer(
  canvas: HTMLCanvasElement,
  app: RoomApp,
  input: Input,
  gathered: { now: Gathered },
  signal: AbortSignal,
): void {
  let press: Press | undefined;
  const place = (event: PointerEvent): Point => {
    if (document.pointerLockElement === canvas) return { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const onDown = (event: PointerEvent) => {
    if (press !== undefined || input.taken) return;
    // A press on the view gives it the keyboard back.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const captured = document.pointerLockElement === canvas;
    press = { id: event.pointerId, at_ms: event.timeStamp, travelled: 0, looks: event.pointerType !== "touch", captured };
    input.pointer = place(event);
    // A captured mouse comes here anyway, and may not be captured twice.
    if (document.pointerLockElement === null) canvas.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    input.pointer = place(event);
    const captured = document.pointerLockElement === canvas;
    if (press?.id === event.pointerId) press.travelled += Math.hypot(event.movementX, event.movementY);
    if (input.taken || (!captured && !(press?.id === event.pointerId && press.looks))) return;
    gathered.now.look_x += event.movementX;
    gathered.now.look_y += event.movementY;
  };
  const onUp = (event: PointerEvent) => {
    if (press?.id !== event.pointerId) return;
    const short = (press.captured || press.travelled < CLICK_PX) && event.timeStamp - press.at_ms < CLICK_MS;
    press = undefined;
    if (!short || input.taken || event.button !== 0) return;
    gathered.now.click = place(event);
    if (event.pointerType === "mouse" && app.visit.inside && !app.building.build$.value) captureMouse(canvas);
  };
  canvas.addEventListener("pointerdown", onDown, { signal });
  canvas.addEventListener("pointermove", onMove, { signal });
  canvas.addEventListener("pointerup", onUp, { signal });
  canvas.addEventListener("wheel", (event) => {
    gathered.now.wheel += wheelOf(event);
    event.preventDefault();
  }, { signal, passive: false });
  canvas.addEventListener("pointercancel", () => (press = undefined), { signal });
  canvas.addEventListener("pointerleave", () => (input.pointer = undefined), { signal });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
}

/** How far a wheel was turned, CSS pixels. With Shift some browsers say that it was turned sideways. */
export function wheelOf({ deltaX, deltaY, deltaMode, shiftKey }: Turn): number {
  const turned = shiftKey && deltaY === 0 ? deltaX : deltaY;
  return turned * (WHEEL_PX[deltaMode] ?? 1);
}

function captureMouse(canvas: HTMLCanvasElement): void {
  if (document.pointerLockElement === canvas) return;
  // A browser that refuses (too soon after Esc, no mouse) leaves dragging, which needs no permission.
  Promise.resolve(canvas.requestPointerLock() as Promise<void> | undefined).catch(() => undefined);
}

function freeMouse(): void {
  if (document.pointerLockElement !== null) document.exitPointerLock();
}

/** Whether a key pressed on this element means something to the element. */
function takesKeys(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement || target.isContentEditable) return true;
  // Space presses a button, arrows walk through a list of choices.
  const chosen = target.closest("button, a, summary, [role='button'], [role='radio'], [role='slider'], [role='tab']");
  return chosen !== null && (code === "Space" || code.startsWith("Arrow"));
}
