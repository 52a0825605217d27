import { expect, test } from "vitest";
import { Fingertip, HOLD_AFTER_MS, HOLD_EVERY_MS, Presses } from "./presses";
import { Sheet, type Target } from "./sheet";

function sheet(): { readonly sheet: Sheet; readonly did: string[] } {
  const [made, did] = [new Sheet(100, 100), [] as string[]];
  const put = (key: string, x: number, more: Partial<Target> = {}): void =>
    made.target({ key, x, y: 0, width: 40, height: 40, face: "raised", enabled: true, act: () => void did.push(key), ...more });
  put("a", 0, { hold: () => void did.push("a held") });
  put("b", 50, { lands: true });
  return { sheet: made, did };
}

test("pointing at something is felt once, pressing it acts at once", () => {
  const { sheet: panel, did } = sheet();
  const presses = new Presses();
  expect(presses.step(panel, 10, 10, false, false, 0)).toBe("hover");
  expect(presses.step(panel, 12, 10, false, false, 10)).toBe("nothing");
  expect(presses.step(panel, 12, 10, true, true, 20)).toBe("press");
  expect(presses.step(panel, 12, 10, false, true, 30)).toBe("nothing");
  expect([did, presses.hovered]).toEqual([["a"], "a"]);
  presses.step(undefined, 0, 0, false, false, 40);
  expect(presses.hovered).toBe("");
});

test("what cannot be pressed is not pointed at either", () => {
  const panel = new Sheet(100, 100);
  panel.target({ key: "off", x: 0, y: 0, width: 40, height: 40, face: "raised", enabled: false, act: () => expect.unreachable() });
  expect(new Presses().step(panel, 5, 5, true, true, 0)).toBe("nothing");
});

test("a press that is held on repeats until it is let go, wherever the hand trembles", () => {
  const { sheet: panel, did } = sheet();
  const presses = new Presses();
  presses.step(panel, 10, 10, true, true, 0);
  presses.step(panel, 10, 10, false, true, HOLD_AFTER_MS - 1);
  expect(did).toEqual(["a"]);
  presses.step(panel, 10, 10, false, true, HOLD_AFTER_MS);
  presses.step(panel, 10, 10, false, true, HOLD_AFTER_MS + 1);
  presses.step(panel, 48, 10, false, true, HOLD_AFTER_MS + HOLD_EVERY_MS);
  expect(did).toEqual(["a", "a held", "a held"]);
  presses.step(panel, 10, 10, false, false, 2_000);
  presses.step(panel, 10, 10, false, false, 9_000);
  expect(did).toHaveLength(3);
});

test("a press that ends on something else means that only where it says so", () => {
  const { sheet: panel, did } = sheet();
  const presses = new Presses();
  presses.step(panel, 10, 10, true, true, 0);
  expect(presses.step(panel, 60, 10, false, false, 50)).toBe("press");
  expect(did).toEqual(["a", "b"]);
  presses.step(panel, 60, 10, true, true, 100);
  presses.step(panel, 10, 10, false, false, 150);
  expect(did).toEqual(["a", "b", "b"]);
});

test("a finger presses once when it goes through from the front, and again after it came back", () => {
  const finger = new Fingertip();
  const pressed = (way: readonly number[]): readonly boolean[] =>
    way.map((front_m) => {
      finger.step(front_m, true);
      return finger.pressed;
    });
  expect(pressed([0.05, 0.01, -0.005, -0.02, 0.005, -0.004])).toEqual([false, false, true, false, false, false]);
  expect(pressed([0.02, -0.01])).toEqual([false, true]);
});

test("a finger that comes from behind or from the side presses nothing", () => {
  const finger = new Fingertip();
  finger.step(-0.05, true);
  finger.step(-0.01, true);
  expect(finger.pressed).toBe(false);
  finger.away();
  finger.step(0.3, true);
  finger.step(-0.01, true);
  expect([finger.pressed, finger.held]).toEqual([false, false]);
});
