/**
 * Keyboard and mouse on the view. Gathers between frames what the systems read in a frame.
 *
 * Looking: drag with the mouse, any button. A click without dragging captures the mouse (Esc frees it), so that one may
 * look without holding a button, and any short press is a click; not in build mode, where a click selects. A key that is
 * none of movement, or a field that takes the focus, frees the mouse too: whatever opens then can be clicked. Fingers
 * belong to the interface's thumbs (`app.touch`); here a finger only taps, and its button is Space. Without a mouse the middle
 * of the view is what is pointed at, and Enter clicks there.
 */
import type { RoomApp } from "../core/room-app";
import type { TouchInput } from "../core/touch";
import type { Input } from "./context";
import { HeldKeys } from "./held_keys";
import { LOOK_KEYS, MOVEMENT_KEYS, WEAPON_KEYS } from "./movement";
import { PadReader, type Sticks } from "./pad";
import { Spikes } from "./spikes";

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
  /** It is the left button of a mouse, where that shoots: the mouse is captured, or cannot be. */
  readonly shoots: boolean;
  readonly at_ms: number;
  travelled: number;
  readonly looks: boolean;
  /** It began on what the builder has selected, and drags that once it has gone far enough. */
  readonly drags: boolean;
  /** A captured mouse looks without a button: its press is no drag, however far it goes. */
  readonly captured: boolean;
}

interface Gathered {
  look_x: number;
  look_y: number;
  wheel: number;
  click: Point | undefined;
  /** A press that shoots began, however short it was. */
  shot: boolean;
}

const nothing = (): Gathered => ({ look_x: 0, look_y: 0, wheel: 0, click: undefined, shot: false });

export function newControls(canvas: HTMLCanvasElement, app: RoomApp): Controls {
  const keys = new HeldKeys();
  const pad = new PadReader();
  const [held, pressed, released] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const sticks: Sticks = { move_x: 0, move_y: 0, look_x: 0, look_y: 0 };
  const input: Input = {
    held,
    pressed,
    released,
    take: (key) => void (held.delete(key), pressed.delete(key)),
    sticks,
    look_x: 0,
    look_y: 0,
    wheel: 0,
    click: undefined,
    trigger: false,
    gun_hand: undefined,
    cycle: 0,
    flick: undefined,
    pointer: undefined,
    aim: undefined,
    chooses: false,
    drags: false,
    taken: false,
  };
  const gathered = { now: nothing() };
  const listening = new AbortController();
  const aim: Aim = { mouse: undefined, looks: false, shoots: false, free: false };
  listenToKeys(canvas, app, keys, gathered, aim, listening.signal);
  listenToPointer(canvas, app, input, gathered, aim, listening.signal);
  const padOf = gamepads(listening.signal);
  const building = app.building.build$.subscribe((on) => {
    if (on) freeMouse();
  });
  const middle = { x: 0, y: 0 };
  const middleNow = (): Point => {
    middle.x = canvas.clientWidth / 2;
    middle.y = canvas.clientHeight / 2;
    return middle;
  };
  const readThumb = thumbReader(app.touch, keys);
  const readPad = (): void => {
    pad.read(padOf(), (code) => keys.hold(code), (code) => keys.release({ key: "", code }));
    for (const axis of AXES) sticks[axis] = app.touch[axis] + pad.sticks[axis];
    if (pad.moves) aim.looks = true;
    if (pad.clicked) gathered.now.click = middleOf(canvas);
  };
  return {
    input,
    begin() {
      readThumb();
      readPad();
      const { look_x, look_y, wheel, click, shot } = gathered.now;
      Object.assign(input, { look_x, look_y, wheel, click, flick: app.touch.flick });
      input.trigger = shot || aim.shoots || pad.trigger;
      input.gun_hand = undefined;
      input.cycle = 0;
      input.pointer = aim.looks ? middleNow() : aim.mouse;
      app.touch.flick = undefined;
      fill(held, keys.down);
      fill(pressed, keys.pressed);
      fill(released, keys.released);
      keys.pressed.clear();
      keys.released.clear();
      gathered.now = nothing();
    },
    dispose() {
      listening.abort();
      building.unsubscribe();
      freeMouse();
    },
  };
}

const AXES = ["move_x", "move_y", "look_x", "look_y"] as const;

function middleOf(canvas: HTMLCanvasElement): Point {
  return { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
}

function fill(keys: Set<string>, now: Iterable<string>): void {
  keys.clear();
  for (const key of now) keys.add(key);
}

/** The thumbs' button is a key like the others. */
function thumbReader(touch: TouchInput, keys: HeldKeys): () => void {
  let was_up = false;
  return () => {
    if (touch.up && !was_up) keys.hold("Space");
    if (!touch.up && was_up) keys.release({ key: "", code: "Space" });
    was_up = touch.up;
  };
}

/** The first gamepad, once there is one: the browser's list is made anew each time it is asked for. */
function gamepads(signal: AbortSignal): () => Gamepad | undefined {
  let any = false;
  window.addEventListener("gamepadconnected", () => (any = true), { signal });
  return () => (any ? (navigator.getGamepads().find((pad) => pad !== null && pad.connected) ?? undefined) : undefined);
}

/** What is aimed at: where the mouse is, or the middle of the view once something else looks around. */
interface Aim {
  mouse: Point | undefined;
  looks: boolean;
  /** A press that shoots goes on. */
  shoots: boolean;
  /** The browser captures no mouse: then its button shoots without. */
  free: boolean;
}

function listenToKeys(canvas: HTMLCanvasElement, app: RoomApp, keys: HeldKeys, gathered: { now: Gathered }, aim: Aim, signal: AbortSignal): void {
  const onDown = (event: KeyboardEvent) => {
    const weapons = WEAPON_KEYS.has(event.code) && !app.building.build$.value;
    if (!MOVEMENT_KEYS.has(event.code) && !weapons) freeMouse();
    if (takesKeys(event.target, event.code)) {
      if (event.metaKey || event.key === "Meta") keys.letGo();
      return;
    }
    if (isEnter(event) && isNowhere(event.target)) gathered.now.click = aim.looks ? middleOf(canvas) : (aim.mouse ?? middleOf(canvas));
    const meaning = keys.press(event, event.getModifierState("AltGraph"));
    if (meaning === "movement" && LOOK_KEYS.has(event.code)) aim.looks = true;
    // Arrows and Space would scroll, Ctrl+D would make a bookmark.
    if (meaning !== "other") event.preventDefault();
  };
  window.addEventListener("keydown", onDown, { signal });
  window.addEventListener("keyup", (event) => keys.release(event), { signal });
  window.addEventListener("blur", () => keys.forget(), { signal });
  document.addEventListener("focusin", (event) => {
    if (!takesKeys(event.target, "KeyW")) return;
    keys.forget();
    freeMouse();
  }, { signal });
}

function isEnter({ key, repeat, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return key === "Enter" && !repeat && !ctrlKey && !metaKey && !altKey;
}

/** Nothing of the interface has the keyboard. */
function isNowhere(target: EventTarget | null): boolean {
  return target === document.body || target instanceof HTMLCanvasElement;
}

function listenToPointer(
  canvas: HTMLCanvasElement,
  app: RoomApp,
  input: Input,
  gathered: { now: Gathered },
  aim: Aim,
  signal: AbortSignal,
): void {
  const spikes = new Spikes();
  let press: Press | undefined;
  const place = (event: PointerEvent): Point => {
    if (document.pointerLockElement === canvas) return middleOf(canvas);
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const pointAt = (event: PointerEvent) => {
    aim.mouse = place(event);
    aim.looks = false;
  };
  const onDown = (event: PointerEvent) => {
    if (press !== undefined || input.taken) return;
    // A press on the view gives it the keyboard back.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const captured = document.pointerLockElement === canvas;
    pointAt(event);
    const { x, y } = place(event);
    const drags = event.button === 0 && app.building.build$.value && app.building.sites?.drags(x, y) === true;
    const looks = event.pointerType !== "touch" && !drags;
    const shoots = event.button === 0 && event.pointerType === "mouse" && !drags && (captured || aim.free);
    press = { id: event.pointerId, at_ms: event.timeStamp, travelled: 0, looks, drags, captured, shoots };
    aim.shoots = shoots;
    gathered.now.shot ||= shoots;
    // A captured mouse comes here anyway, and may not be captured twice.
    if (document.pointerLockElement === null) canvas.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    pointAt(event);
    const captured = document.pointerLockElement === canvas;
    if (captured && !spikes.believes(event.movementX, event.movementY)) return;
    if (press?.id === event.pointerId) {
      press.travelled += Math.hypot(event.movementX, event.movementY);
      input.drags = press.drags && press.travelled >= CLICK_PX;
    }
    if (input.taken || (!captured && !(press?.id === event.pointerId && press.looks))) return;
    gathered.now.look_x += event.movementX;
    gathered.now.look_y += event.movementY;
  };
  const onUp = (event: PointerEvent) => {
    if (press?.id !== event.pointerId) return;
    const short = (press.captured || press.travelled < CLICK_PX) && event.timeStamp - press.at_ms < CLICK_MS;
    press = undefined;
    aim.shoots = false;
    input.drags = false;
    if (!short || input.taken || event.button !== 0) return;
    gathered.now.click = place(event);
    if (event.pointerType === "mouse" && app.visit.inside && !app.building.build$.value) captureMouse(canvas, aim);
  };
  canvas.addEventListener("pointerdown", onDown, { signal });
  canvas.addEventListener("pointermove", onMove, { signal });
  canvas.addEventListener("pointerup", onUp, { signal });
  canvas.addEventListener("wheel", (event) => {
    gathered.now.wheel += wheelOf(event);
    event.preventDefault();
  }, { signal, passive: false });
  canvas.addEventListener("pointercancel", () => {
    press = undefined;
    aim.shoots = false;
    input.drags = false;
  }, { signal });
  canvas.addEventListener("pointerleave", () => (aim.mouse = undefined), { signal });
  // Whoever went to another window has let go.
  window.addEventListener("blur", () => (aim.shoots = false), { signal });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
}

/** How far a wheel was turned, CSS pixels. With Shift some browsers say that it was turned sideways. */
export function wheelOf({ deltaX, deltaY, deltaMode, shiftKey }: Turn): number {
  const turned = shiftKey && deltaY === 0 ? deltaX : deltaY;
  return turned * (WHEEL_PX[deltaMode] ?? 1);
}

function captureMouse(canvas: HTMLCanvasElement, aim: Aim): void {
  if (document.pointerLockElement === canvas) return;
  // A browser that refuses (too soon after Esc, no mouse) leaves dragging, which needs no permission.
  Promise.resolve(canvas.requestPointerLock() as Promise<void> | undefined).then(
    () => (aim.free = false),
    () => (aim.free = true),
  );
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
