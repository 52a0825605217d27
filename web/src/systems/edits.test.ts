import { describe, expect, it } from "vitest";
import { EDITS_UNANSWERED_MAX, EDIT_EVERY_MS, Edits } from "./edits";

describe("a stream of edits", () => {
  it("sends at most ten a second of sixty", () => {
    const edits = new Edits<number>();
    const sent: number[] = [];
    for (let frame = 0; frame < 60; frame += 1) {
      edits.put(frame);
      const value = edits.take((frame * 1_000) / 60, false);
      if (value === undefined) continue;
      sent.push(value);
      edits.answered();
    }
    expect(sent.length).toBeGreaterThanOrEqual(9);
    expect(sent.length).toBeLessThanOrEqual(10);
  });

  it("the newest wins and the last one always goes out", () => {
    const edits = new Edits<string>();
    edits.put("a");
    expect(edits.take(0, false)).toBe("a");
    edits.put("b");
    edits.put("c");
    expect(edits.take(1, false)).toBeUndefined();
    expect(edits.take(2, true)).toBe("c");
    expect(edits.take(3, true)).toBeUndefined();
  });

  it("waits for a slow room", () => {
    const edits = new Edits<number>();
    const sent = (now: number) => {
      edits.put(now);
      return edits.take(now, false);
    };
    for (let count = 0; count < EDITS_UNANSWERED_MAX; count += 1) expect(sent(count * EDIT_EVERY_MS)).toBeDefined();
    expect(sent(1e6)).toBeUndefined();
    edits.answered();
    expect(sent(2e6)).toBe(2e6);
  });

  it("the room has the last word once everything is answered", () => {
    const edits = new Edits<number>();
    edits.put(1);
    edits.take(0, true);
    edits.put(2);
    edits.take(1, true);
    expect(edits.answered()).toBe(false);
    expect(edits.answered()).toBe(true);
  });
});
