/** What this keyboard prints: asked of the browser where it tells, else learnt from what is typed. */
import type { Keyboard } from "../core/keyboard";
import { composes } from "./keys";

/** The part of the Keyboard Map API that is used; not every browser has it. */
interface KeyboardMap {
  getLayoutMap(): Promise<ReadonlyMap<string, string>>;
}

/** Keeps a keyboard's layout as it is; returns its disposer. */
export function followLayout(keyboard: Keyboard): () => void {
  const map = (navigator as { readonly keyboard?: KeyboardMap }).keyboard;
  const ask = (): void => {
    // A page inside another one is not told.
    map?.getLayoutMap().then((layout) => keyboard.layout$.next(new Map(layout)), () => undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.getModifierState("CapsLock");
    if (plain && !composes(event)) keyboard.learn(event.code, event.key);
  };
  ask();
  // Another layout was chosen elsewhere, if any was.
  window.addEventListener("focus", ask);
  window.addEventListener("keydown", onKeyDown, { capture: true });
  return () => {
    window.removeEventListener("focus", ask);
    window.removeEventListener("keydown", onKeyDown, { capture: true });
  };
}
