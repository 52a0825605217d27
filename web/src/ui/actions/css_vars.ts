/** Sets CSS custom properties through the CSSOM: the page's policy forbids style attributes. */
import type { Action } from "svelte/action";

/** Each name ("--dot") with its value. */
export type CssVars = { readonly [name: `--${string}`]: string };

export const cssVars: Action<HTMLElement | SVGElement, CssVars> = (node, vars) => {
  const set = (next: CssVars): void => {
    for (const [name, value] of Object.entries(next)) node.style.setProperty(name, value);
  };
  set(vars);
  return { update: set };
};
