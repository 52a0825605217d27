import { describe, expect, it } from "vitest";
import { PLAIN_LOOK } from "../core/avatar_look";
import type { Person } from "../core/people";
import { Known, SPEAKING_HOLD_MS } from "./known";

const person = (user_id: string, color = "#FF8000"): Person => ({
  user_id,
  nickname: user_id,
  color,
  look: PLAIN_LOOK,
  seat: null,
  self: false,
  away: false,
  role: "visitor",
  muted: false, dead: false,
});

describe("what is remembered of people", () => {
  it("someone appears once, and again after they were gone for a frame", () => {
    const known = new Known();
    const ana = person("ana");
    const met: boolean[] = [];
    for (const there of [true, true, false, true]) {
      known.begin();
      if (there) met.push(known.meet(3, ana, 10));
    }
    expect(met).toEqual([true, false, true]);
  });

  it("another person at the same index appears anew, in their own colour", () => {
    const known = new Known();
    known.begin();
    known.meet(3, person("ana"), 100);
    known.begin();
    expect(known.meet(3, person("ben", "#0000FF"), 200)).toBe(true);
    expect(known.since_ms[3]).toBe(200);
    expect([...known.colors.slice(9, 12)]).toEqual([0, 0, 1]);
  });

  it("a new name is no new person", () => {
    const known = new Known();
    known.begin();
    known.meet(3, person("ana"), 100);
    known.begin();
    expect(known.meet(3, { ...person("ana"), nickname: "Anna" }, 200)).toBe(false);
    expect(known.since_ms[3]).toBe(100);
  });

  it("someone who pauses between two words still speaks", () => {
    const known = new Known();
    known.begin();
    known.meet(3, person("ana"), 0);
    expect(known.isSpeaking(3, false, 0)).toBe(false);
    expect(known.isSpeaking(3, true, 1_000)).toBe(true);
    expect(known.isSpeaking(3, false, 1_000 + SPEAKING_HOLD_MS - 1)).toBe(true);
    expect(known.isSpeaking(3, false, 1_000 + SPEAKING_HOLD_MS)).toBe(false);
  });

  it("indices beyond the first thousand are remembered too", () => {
    const known = new Known();
    known.begin();
    expect(known.meet(19_999, person("ana"), 5)).toBe(true);
    known.begin();
    expect(known.meet(19_999, person("ana"), 9)).toBe(false);
    expect(known.since_ms[19_999]).toBe(5);
  });
});
