/**
 * The interface's keyboard: which key does what, remembered in this browser and changeable in the help sheet. Owns the
 * map and the one listener; moving about is the movement system's and is only named here.
 */
import { BehaviorSubject } from "rxjs";
import { type Layout, keyLabel } from "../core/keyboard";
import type { Memory } from "../core/memory";
import { recall, remember } from "./logic/remembered";

/** What a key can do in the interface. */
export const KEY_ACTIONS = [
  "microphone",
  "chat",
  "build",
  "people",
  "ready",
  "help",
  "move_tool",
  "rotate_tool",
  "scale_tool",
  "duplicate",
  "remove",
] as const;
export type KeyAction = (typeof KEY_ACTIONS)[number];

/** Each action's key, as `keyName` spells it. */
export type KeyMap = { readonly [action in KeyAction]: string };

export const DEFAULT_KEYS: KeyMap = {
  microphone: "KeyM",
  chat: "KeyT",
  build: "KeyB",
  people: "Tab",
  ready: "KeyP",
  help: "?",
  move_tool: "Digit1",
  rotate_tool: "Digit2",
  scale_tool: "Digit3",
  duplicate: "KeyC",
  remove: "Delete",
};

/** What the help sheet calls each action. */
export const KEY_WORDS: { readonly [action in KeyAction]: string } = {
  microphone: "Microphone (push to talk: hold)",
  chat: "Chat",
  build: "Build",
  people: "People",
  ready: "Ready (games)",
  help: "This list",
  move_tool: "Move tool (building)",
  rotate_tool: "Rotate tool (building)",
  scale_tool: "Scale tool (building)",
  duplicate: "Duplicate (building)",
  remove: "Delete (building)",
};

/** Keys of moving about and of the browser, by their place: listed, never given to an action. */
export const FIXED_KEYS: readonly { readonly keys: readonly string[]; readonly words: string }[] = [
  { keys: ["KeyW", "KeyA", "KeyS", "KeyD"], words: "Walk (arrows too)" },
  { keys: ["KeyQ", "KeyE"], words: "Turn" },
  { keys: ["KeyR", "KeyV"], words: "Look up, down" },
  { keys: ["Shift"], words: "Run" },
  { keys: ["Space"], words: "Jump (flying: rise)" },
  { keys: ["Space"], words: "Use what you hold or point at" },
  { keys: ["KeyF"], words: "Fly" },
  { keys: ["KeyX"], words: "Sink (flying)" },
  { keys: ["Drag"], words: "Look around" },
  { keys: ["Click", "Enter"], words: "Use: sit, take, put down; select (building)" },
  { keys: ["KeyG"], words: "Take, put down (in a swing: throw)" },
  { keys: ["KeyF"], words: "Throw what you hold: longer is farther" },
  { keys: ["Wheel"], words: "Nearer, farther (holding)" },
  { keys: ["Shift", "Wheel"], words: "Larger, smaller (holding)" },
  { keys: ["KeyH"], words: "Hand over what is asked for" },
  { keys: ["Click"], words: "Shoot (with a weapon)" },
  { keys: ["KeyR"], words: "Load the weapon" },
  { keys: ["1", "…", "9", "Wheel"], words: "Take another weapon" },
  { keys: ["KeyZ"], words: "Drop the weapon" },
  { keys: ["Ctrl", "Z"], words: "Undo (building)" },
  { keys: ["Escape"], words: "Close, or open the menu" },
];

/** Places that move about, or that the browser and the interface need as they are. */
const TAKEN = new Set([
  ...["W", "A", "S", "D", "Q", "E", "R", "V", "F", "G", "H", "X", "Z"].map((letter) => `Key${letter}`),
  ...["Space", "Escape", "Enter", "NumpadEnter", "PageUp", "PageDown"],
  ...["ShiftLeft", "ShiftRight", "ControlLeft", "ControlRight", "AltLeft", "AltRight", "MetaLeft", "MetaRight"],
]);
const STORED = "keys";
/** What browsers say of a key that an input method took. */
const COMPOSING_KEY_CODE = 229;

/** The part of a keyboard event we read. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
}

/**
 * One name per key: its place, so that it means one thing on every layout. Signs are called by what they are (“?”), since
 * no two layouts have them at the same place.
 */
export function keyName({ key, code }: KeyPress): string {
  if (isPlace(code)) return code;
  if (key.length === 1 && key !== " ") return key.toLowerCase();
  return code === "" ? key : code;
}

/** Whether a key is called by its place: letters, digits, keys with a name. */
function isPlace(code: string): boolean {
  return /^(?:Key[A-Z]|Digit\d|Numpad\w+|F\d+|Arrow\w+|Page\w+)$/.test(code);
}

/** The action of a key press, or null. */
export function actionOf(keys: KeyMap, press: KeyPress): KeyAction | null {
  // A sign may be typed with a digit's or a letter's key: then it is the sign that counts, where one is asked for.
  const sign = KEY_ACTIONS.find((action) => keys[action] === press.key && !isPlace(press.key) && press.key.length === 1);
  const name = keyName(press);
  return sign ?? KEY_ACTIONS.find((action) => keys[action] === name) ?? null;
}

export type Rebound = { readonly ok: true; readonly keys: KeyMap } | { readonly ok: false; readonly error: string };

/** The map with another key for an action; refused where the key already has a meaning. */
export function rebind(keys: KeyMap, action: KeyAction, press: KeyPress, layout: Layout): Rebound {
  const name = keyName(press);
  const label = keyLabel(name, layout);
  if (TAKEN.has(name) || name.startsWith("Arrow")) return { ok: false, error: `${label} is already used for moving about.` };
  const owner = KEY_ACTIONS.find((other) => other !== action && keys[other] === name);
  if (owner !== undefined) return { ok: false, error: `${label} already means “${KEY_WORDS[owner]}”.` };
  return { ok: true, keys: { ...keys, [action]: name } };
}

/** A remembered map, action by action; what is missing or malformed keeps its default. */
export function readKeys(memory: Memory): KeyMap {
  const stored = recall(memory, STORED);
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return DEFAULT_KEYS;
  const known = Object.entries(stored).flatMap(([action, key]): [string, string][] =>
    (KEY_ACTIONS as readonly string[]).includes(action) && typeof key === "string" && key !== "" ? [[action, placeOf(key)]] : [],
  );
  return { ...DEFAULT_KEYS, ...(Object.fromEntries(known) as Partial<KeyMap>) };
}

/** The place of a key as it was remembered before: the letter it typed, or its name in small letters. */
function placeOf(key: string): string {
  if (/^[a-z]$/.test(key)) return `Key${key.toUpperCase()}`;
  if (/^\d$/.test(key)) return `Digit${key}`;
  return key.length > 1 ? key.charAt(0).toUpperCase() + key.slice(1) : key;
}

/** The map as it is now, remembered whenever it changes. */
export function rememberedKeys(memory: Memory): BehaviorSubject<KeyMap> {
  const keys$ = new BehaviorSubject<KeyMap>(readKeys(memory));
  keys$.subscribe((keys) => remember(memory, STORED, keys));
  return keys$;
}

/**
 * Whether a key press is an input method's: Enter and Escape end a composition and nothing else. Safari ends it first and
 * tells of the key afterwards, which it marks by its old code alone.
 */
export function composes({ isComposing, keyCode }: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return isComposing || keyCode === COMPOSING_KEY_CODE;
}

/** Whether typing belongs to this element. */
export function takesTyping(element: EventTarget | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "color"].includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement || element.isContentEditable;
}

/**
 * Hands every key press that means something to `act`, and every release to `release`, which hears null when the window loses the
 * keyboard and with it all releases. Returns its disposer.
 */
export function listenToKeys(
  keys: () => KeyMap,
  act: (action: KeyAction | "escape") => boolean,
  release: (action: KeyAction | null) => void,
): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    // With an input method on, keys of the room come to it first; their place is told all the same.
    if (composes(event) && takesTyping(event.target)) return;
    if (event.key === "Escape") {
      if (act("escape")) event.preventDefault();
      return;
    }
    if (takesTyping(event.target) || event.repeat) return;
    const action = actionOf(keys(), event);
    // Tab moves the focus as everywhere, unless nothing holds it.
    if (event.key === "Tab" && (event.shiftKey || !isNothing(event.target))) return;
    if (action !== null && act(action)) event.preventDefault();
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    const action = actionOf(keys(), event);
    if (action !== null) release(action);
  };
  const onBlur = (): void => release(null);
  window.addEventListener("keydown", onKeyDown);
  window.addEventListener("keyup", onKeyUp);
  window.addEventListener("blur", onBlur);
  return () => {
    window.removeEventListener("keydown", onKeyDown);
    window.removeEventListener("keyup", onKeyUp);
    window.removeEventListener("blur", onBlur);
  };
}

function isNothing(element: EventTarget | null): boolean {
  return element === document.body || element instanceof HTMLCanvasElement;
}
