/**
 * What this browser remembers for the interface, as JSON under "thexr.ui.*". A browser that forbids storage remembers
 * nothing and everything else works.
 */
import type { Json } from "../../core/json";
import type { Memory } from "../../core/memory";

/** The browser's own memory, or one that forgets with the page where storage is forbidden. */
export function browserMemory(): Memory {
  try {
    return window.localStorage;
  } catch {
    const kept = new Map<string, string>();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  }
}

/** What was remembered, or null for nothing (or for something unreadable). */
export function recall(memory: Memory, key: string): Json {
  const text = memory.getItem(`thexr.ui.${key}`);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** Remembers a value; a full storage forgets it, which costs only convenience. */
export function remember(memory: Memory, key: string, value: Json): void {
  try {
    memory.setItem(`thexr.ui.${key}`, JSON.stringify(value));
  } catch {
    return;
  }
}
