/** The lines at the bottom centre. */
import { describe, expect, it } from "vitest";
import { BANNERS_MAX, HUD_LINE_MS, HUD_LINES_MAX, HudQueue } from "./hud";

const line = (text: string) => ({ text, tone: "plain" }) as const;

describe("HUD lines", () => {
  it("a line stands exactly five seconds", () => {
    const queue = new HudQueue();
    queue.push(line("Ann came in"), 1_000);
    queue.expire(1_000 + HUD_LINE_MS - 1);
    expect(queue.lines).toHaveLength(1);
    queue.expire(1_000 + HUD_LINE_MS);
    expect(queue.lines).toHaveLength(0);
    expect(queue.next_expiry_ms).toBeNull();
  });

  it("the eleventh line pushes out the oldest", () => {
    const queue = new HudQueue();
    for (let count = 1; count <= HUD_LINES_MAX + 1; count += 1) queue.push(line(String(count)), count);
    expect(queue.lines.map((standing) => standing.text)).toEqual(["2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]);
  });

  it("the next to go is the oldest, and equal texts are different lines", () => {
    const queue = new HudQueue();
    queue.push(line("Saved"), 0);
    queue.push(line("Saved"), 10);
    expect(queue.next_expiry_ms).toBe(HUD_LINE_MS);
    expect(new Set(queue.lines.map((standing) => standing.key)).size).toBe(2);
  });

  it("a banner stands as long as it says, and the fourth pushes out the oldest", () => {
    const queue = new HudQueue(BANNERS_MAX);
    for (const [at, text] of ["one", "two", "three", "four"].entries()) queue.push({ ...line(text), banner_ms: 1_000 * (4 - at) }, 0);
    expect(queue.lines.map((standing) => standing.text)).toEqual(["two", "three", "four"]);
    queue.expire(1_000);
    expect(queue.lines.map((standing) => standing.text)).toEqual(["two", "three"]);
  });
});
