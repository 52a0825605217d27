/** Times as people read them. */
import { describe, expect, it } from "vitest";
import { clockTime, savedWhen, secondsUntil } from "./time";

const at = (year: number, month: number, day: number, hour: number, minute: number): number =>
  new Date(year, month - 1, day, hour, minute).getTime();

describe("times", () => {
  it("a time of day has two digits each", () => {
    expect(clockTime(at(2026, 3, 9, 4, 7))).toBe("04:07");
  });

  it("something kept today says today, whatever the hour", () => {
    expect(savedWhen(at(2026, 3, 9, 0, 1), at(2026, 3, 9, 23, 59))).toBe("Today 00:01");
  });

  it("one minute before midnight was yesterday", () => {
    expect(savedWhen(at(2026, 3, 8, 23, 59), at(2026, 3, 9, 0, 0))).toBe("Yesterday 23:59");
  });

  it("older times carry the date, and the year only when it is another one", () => {
    expect(savedWhen(at(2026, 3, 1, 8, 0), at(2026, 3, 9, 0, 0))).toBe("1 Mar 08:00");
    expect(savedWhen(at(2025, 12, 31, 8, 0), at(2026, 3, 9, 0, 0))).toBe("31 Dec 2025");
  });

  it("a started second counts and the past is zero", () => {
    expect(secondsUntil(2_001, 1_000)).toBe(2);
    expect(secondsUntil(500, 1_000)).toBe(0);
  });
});
