/** Tells the interface how much of the window is really visible: an on-screen keyboard covers a part of it. */
import type { Action } from "svelte/action";

/** Keeps `--visible-height` and `--visible-top` (px) on the node. */
export const visibleViewport: Action<HTMLElement> = (node) => {
  const viewport = window.visualViewport;
  if (viewport === null) return {};
  const set = (): void => {
    node.style.setProperty("--visible-height", `${viewport.height}px`);
    node.style.setProperty("--visible-top", `${viewport.offsetTop}px`);
  };
  set();
  viewport.addEventListener("resize", set);
  viewport.addEventListener("scroll", set);
  return {
    destroy: () => {
      viewport.removeEventListener("resize", set);
      viewport.removeEventListener("scroll", set);
    },
  };
};
