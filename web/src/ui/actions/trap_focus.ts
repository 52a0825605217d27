/** Keeps the keyboard's focus inside a dialog or a full-screen sheet, and starts it at a sensible place. */
import type { Action } from "svelte/action";

const FOCUSABLE =
  "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

function focusable(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.offsetParent !== null);
}

/** Focuses `[data-autofocus]`, else the node itself; with `true` Tab goes round inside. */
export const trapFocus: Action<HTMLElement, boolean> = (node, trapped) => {
  let on = trapped;
  const start = node.querySelector<HTMLElement>("[data-autofocus]") ?? node;
  start.focus({ preventScroll: true });
  if (start instanceof HTMLInputElement) start.select();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!on || event.key !== "Tab") return;
    const all = focusable(node);
    const [first, last] = [all[0], all.at(-1)];
    const active = document.activeElement;
    const leaving = event.shiftKey ? active === first || active === node : active === last;
    if (!leaving) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  };
  node.addEventListener("keydown", onKeyDown);
  return {
    update: (next) => void (on = next),
    destroy: () => node.removeEventListener("keydown", onKeyDown),
  };
};
