/** Words at the door of a crowded room. */
import { describe, expect, it } from "vitest";
import { aheadWords, crowdedWords, fullWords, knockWords, mayEnter } from "./admission";

const load = (people: number, peers: number) => ({ people, peers, people_max: 1_000, peers_max: 1_200 });

describe("at the door", () => {
  it("whoever waits is told how many are ahead", () => {
    expect([0, 1, 37].map(aheadWords)).toEqual([
      "You are next.",
      "1 person is ahead of you.",
      "37 people are ahead of you.",
    ]);
  });

  it("a spectator by crowding is told why, and may enter when someone leaves", () => {
    expect(crowdedWords(1_000)).toBe("The room is full of people, so you are watching. There are 1000 inside.");
    const admission = { ahead: null, crowded: true, people_max: 1_000 };
    expect(mayEnter(admission, 1_000)).toBe(false);
    expect(mayEnter(admission, 999)).toBe(true);
  });

  it("a spectator by choice may always ask", () => {
    expect(mayEnter({ ahead: null, crowded: false, people_max: 1_000 }, 1_000)).toBe(true);
    expect(mayEnter({ ahead: null, crowded: true, people_max: null }, 5_000)).toBe(true);
  });

  it("a full room says how full it is", () => {
    expect(fullWords(load(1_000, 1_200))).toBe(
      "1000 people are inside, and 200 more are watching. Nobody else fits in right now.",
    );
    expect(fullWords(load(1, 1))).toBe("1 person is inside. Nobody else fits in right now.");
    expect(fullWords(null)).toBe("Nobody else fits in right now.");
  });

  it("the next try is counted down", () => {
    expect(knockWords(10_000, false, 3_000)).toContain("Next try in 7\u00a0s.");
    expect(knockWords(10_000, true, 3_000)).toBe("Asking for a place…");
    expect(knockWords(10_000, false, 11_000)).toBe("Asking for a place…");
  });
});
