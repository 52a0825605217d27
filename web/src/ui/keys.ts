/**
 * The interface's keyboard: which key does what, remembered in this browser and changeable in the help sheet. Owns the
 * map and the one listener; moving about is the movement system's and is only named here.
 */
import { BehaviorSubject } from "rxjs";
import type { Memory } from "../core/memory";
import { recall, remember } from "./logic/remembered";

/** What a key can do in the interface. */
export const KEY_ACTIONS = [
  "chat",
  "build",
  "people",
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
  chat: "t",
  build: "b",
  people: "tab",
  help: "?",
  move_tool: "1",
  rotate_tool: "2",
  scale_tool: "3",
  duplicate: "c",
  remove: "delete",
};

/** What the help sheet calls each action. */
export const KEY_WORDS: { readonly [action in KeyAction]: string } = {
  chat: "Chat",
  build: "Build",
  people: "People",
  help: "This list",
  move_tool: "Move tool (building)",
  rotate_tool: "Rotate tool (building)",
  scale_tool: "Scale tool (building)",
  duplicate: "Duplicate (building)",
  remove: "Delete (building)",
};

/** Keys of moving about and of the browser: listed, never given to an action. */
export const FIXED_KEYS: readonly { readonly keys: readonly string[]; readonly words: string }[] = [
  { keys: ["W", "A", "S", "D"], words: "Walk (arrows too)" },
  { keys: ["Q", "E"], words: "Turn" },
  { keys: ["Shift"], words: "Run" },
  { keys: ["Space"], words: "Jump (flying: rise)" },
  { keys: ["Space"], words: "Use what you hold or point at" },
  { keys: ["F"], words: "Fly" },
  { keys: ["X"], words: "Sink (flying)" },
  { keys: ["Drag"], words: "Look around" },
  { keys: ["Click"], words: "Use: sit, take, put down" },
  { keys: ["G"], words: "Take, put down (in a swing: throw)" },
  { keys: ["F"], words: "Throw what you hold: longer is farther" },
  { keys: ["Wheel"], words: "Nearer, farther (holding)" },
  { keys: ["Shift", "Wheel"], words: "Larger, smaller (holding)" },
  { keys: ["H"], words: "Hand over what is asked for" },
  { keys: ["Esc"], words: "Close, or open the menu" },
];

const TAKEN = new Set(["w", "a", "s", "d", "q", "e", "f", "g", "h", "m", "x", " ", "escape", "enter", "shift", "control", "alt", "meta"]);
const STORED = "keys";

/** The part of a keyboard event we read. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
}

/**
 * One spelling per key: the character it types in lower case, or its name. On a layout without Latin letters the
 * key's place counts, so that T is where T is printed.
 */
export function keyName({ key, code }: KeyPress): string {
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const latin = key.length !== 1 || key.charCodeAt(0) < 128;
  return (latin || letter === undefined ? key : letter).toLowerCase();
}

/** A key as the help sheet and the tooltips show it. */
export function keyLabel(name: string): string {
  const words: { readonly [name: string]: string } = { " ": "Space", escape: "Esc", delete: "Del", arrowup: "↑", arrowdown: "↓" };
  return words[name] ?? (name.length === 1 ? name.toUpperCase() : name.charAt(0).toUpperCase() + name.slice(1));
}

/** The action of a key press, or null. */
export function actionOf(keys: KeyMap, press: KeyPress): KeyAction | null {
  const name = keyName(press);
  return KEY_ACTIONS.find((action) => keys[action] === name) ?? null;
}

export type Rebound = { readonly ok: true; readonly keys: KeyMap } | { readonly ok: false; readonly error: string };

/** The map with another key for an action; refused where the key already has a meaning. */
export function rebind(keys: KeyMap, action: KeyAction, press: KeyPress): Rebound {
  const name = keyName(press);
  if (TAKEN.has(name) || name.startsWith("arrow")) return { ok: false, error: `${keyLabel(name)} is already used for moving about.` };
  const owner = KEY_ACTIONS.find((other) => other !== action && keys[other] === name);
  if (owner !== undefined) return { ok: false, error: `${keyLabel(name)} already means “${KEY_WORDS[owner]}”.` };
  return { ok: true, keys: { ...keys, [action]: name } };
}

/** A remembered map, action by action; what is missing or malformed keeps its default. */
export function readKeys(memory: Memory): KeyMap {
  const stored = recall(memory, STORED);
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return DEFAULT_KEYS;
  const known = Object.entries(stored).filter(
    ([action, key]) => (KEY_ACTIONS as readonly string[]).includes(action) && typeof key === "string" && key !== "",
  );
  return { ...DEFAULT_KEYS, ...(Object.fromEntries(known) as Partial<KeyMap>) };
}

/** The map as it is now, remembered whenever it changes. */
export function rememberedKeys(memory: Memory): BehaviorSubject<KeyMap> {
  const keys$ = new BehaviorSubject<KeyMap>(readKeys(memory));
  keys$.subscribe((keys) => remember(memory, STORED, keys));
  return keys$;
}

/** Whether typing belongs to this element. */
export function takesTyping(element: EventTarget | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "color"].includes(element.type);
  return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement || element.isContentEditable;
}

/** Hands every key press that means something to `act` and returns its disposer. */
export function listenToKeys(keys: () => KeyMap, act: (action: KeyAction | "escape") => boolean): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
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
  window.addEventListener("keydown", onKeyDown);
  return () => window.removeEventListener("keydown", onKeyDown);
}

function isNothing(element: EventTarget | null): boolean {
  return element === document.body || element instanceof HTMLCanvasElement;
}
