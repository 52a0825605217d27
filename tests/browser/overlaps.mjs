/**
 * Whether anything of a page's interface is printed over something else, or beyond the window.
 *
 * Must not know any screen: it looks at what is drawn. Runs in the page.
 */

/** Two boxes that share less than this, CSS pixels, touch only. */
const TOUCH_PX = 2;

/** Pairs of boxes that lie over each other, in words; none is what should be. */
export async function overlaps(page) {
  return await page.evaluate(look, TOUCH_PX);
}

function look(touch_px) {
  const tall = window.innerHeight;
  const wide = window.innerWidth;
  const boxes = [...document.querySelectorAll("#app *:not(canvas)")].filter(isDrawn).map((node) => ({ node, box: seenBox(node) }));
  const seen = boxes.filter(({ box }) => box.right - box.left > touch_px && box.bottom - box.top > touch_px);
  const faults = [];
  for (const [at, one] of seen.entries()) {
    const { left, top, right, bottom } = one.box;
    if (left < -touch_px || top < -touch_px || right > wide + touch_px || bottom > tall + touch_px) faults.push(`${name(one.node)} leaves the window`);
    for (const other of seen.slice(at + 1)) {
      if (one.node.contains(other.node) || other.node.contains(one.node) || sameButton(one.node, other.node)) continue;
      const x = Math.min(right, other.box.right) - Math.max(left, other.box.left);
      const y = Math.min(bottom, other.box.bottom) - Math.max(top, other.box.top);
      if (x > touch_px && y > touch_px) faults.push(`${name(one.node)} and ${name(other.node)} by ${Math.round(x)} x ${Math.round(y)}`);
    }
  }
  return faults;

  /** Whether something of an element itself is drawn: words, a picture, a control, a ground. */
  function isDrawn(node) {
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest("svg") !== (node.matches("svg") ? node : null)) return false;
    const words = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim() !== "");
    const style = getComputedStyle(node);
    const ground = style.backgroundImage !== "none" || Number(/rgba\(.*, ([\d.]+)\)/.exec(style.backgroundColor)?.[1] ?? Number(style.backgroundColor.startsWith("rgb("))) > 0.2;
    return words || ground || node.matches("svg, button, input, select, textarea");
  }

  /** What is seen of an element's box: its scrolling ancestors cut it off. */
  function seenBox(node) {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    const box = { left, top, right, bottom };
    for (let above = node.parentElement; above !== null; above = above.parentElement) {
      const style = getComputedStyle(above);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const edge = above.getBoundingClientRect();
      box.left = Math.max(box.left, edge.left);
      box.top = Math.max(box.top, edge.top);
      box.right = Math.min(box.right, edge.right);
      box.bottom = Math.min(box.bottom, edge.bottom);
    }
    return box;
  }

  function sameButton(one, other) {
    const button = one.closest("button, label, a");
    return button !== null && button === other.closest("button, label, a");
  }

  function name(node) {
    const words = (node.getAttribute("aria-label") ?? node.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 30);
    return `<${node.tagName.toLowerCase()}${node.className && typeof node.className === "string" ? `.${node.className.split(" ")[0]}` : ""}> “${words}”`;
  }
}
