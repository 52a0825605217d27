import { describe, expect, it } from "vitest";
import { PEOPLE_EVERY_MS, PeoplePace, SMALL_ROOM_PEOPLE } from "./people_pace";

describe("telling who is there", () => {
  it("nothing is told when nobody changed", () => {
    expect(new PeoplePace().due(1_000, 3)).toBe(false);
  });

  it("a small room tells every change at once, and once", () => {
    const pace = new PeoplePace();
    for (const now_ms of [0, 16, 32]) {
      pace.changed();
      expect(pace.due(now_ms, SMALL_ROOM_PEOPLE)).toBe(true);
      expect(pace.due(now_ms, SMALL_ROOM_PEOPLE)).toBe(false);
    }
  });

  it("a thousand joins within a second are told a few times, and the last one is told", () => {
    const pace = new PeoplePace();
    let told = 0;
    for (let now_ms = 0; now_ms < 1_000; now_ms += 1) {
      pace.changed();
      if (pace.due(now_ms, now_ms)) told += 1;
    }
    expect(told).toBeLessThan(SMALL_ROOM_PEOPLE + 10);
    expect(pace.due(1_000 + PEOPLE_EVERY_MS, 1_000)).toBe(true);
    expect(pace.due(2_000 + PEOPLE_EVERY_MS, 1_000)).toBe(false);
  });
});
