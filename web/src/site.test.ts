/** The website's pure functions: words, search and the reading of people counts. */
import { describe, expect, it } from "vitest";
import { ago, isFound, isOpenList, peopleByRoom, peopleInside, serverNow } from "./site";

describe("words", () => {
  it("tells a time in its largest whole unit, as the server does", () => {
    const agoSeconds = (seconds: number) => ago(1e12, 1e12 - seconds * 1000);
    expect(agoSeconds(59)).toBe("just now");
    expect(agoSeconds(60)).toBe("1 minute ago");
    expect(agoSeconds(7_300)).toBe("2 hours ago");
    expect(agoSeconds(8 * 86_400)).toBe("1 week ago");
    expect(agoSeconds(-5)).toBe("just now");
  });

  it("goes by the server's clock, whatever the visitor's says, and never back", () => {
    const [made_ms, days_off_ms] = [1e12, 9e8];
    expect(serverNow(made_ms, made_ms - days_off_ms, made_ms - days_off_ms + 60_000)).toBe(made_ms + 60_000);
    expect(serverNow(made_ms, made_ms + days_off_ms, made_ms)).toBe(made_ms);
  });

  it("counts people in words", () => {
    expect([0, 1, 2].map(peopleInside)).toEqual(["Nobody inside", "1 person inside", "2 people inside"]);
  });
});

describe("search", () => {
  it("finds a room when every word is in its text, whatever its case", () => {
    expect(isFound(" BLUE quiet ", "Blue garden, a quiet place", "k3XbZ")).toBe(true);
    expect(isFound("blue hall", "Blue garden, a quiet place", "k3XbZ")).toBe(false);
  });

  it("finds a room whatever its accents", () => {
    expect(isFound("cafe jardin", "Café Jardín", "k3XbZ")).toBe(true);
    expect(isFound("CAFÉ", "cafe\u0301 au lait", "k3XbZ")).toBe(true);
  });

  it("finds a room by its whole code only", () => {
    expect(isFound("K3XBZ", "Blue garden", "k3XbZ")).toBe(true);
    expect(isFound("k3X", "Blue garden", "k3XbZ")).toBe(false);
  });

  it("finds every room when nothing is searched", () => {
    expect(isFound("  ", "Blue garden", "k3XbZ")).toBe(true);
  });
});

describe("the list of open rooms", () => {
  const people = new Map([["a", 2], ["b", 0], ["c", 1]]);

  it("holds while every room in it has people and none is missing", () => {
    expect(isOpenList(["a", "c"], people, 6)).toBe(true);
    expect(isOpenList(["a"], people, 1)).toBe(true);
    expect(isOpenList([], new Map([["b", 0]]), 6)).toBe(true);
  });

  it("is renewed when a room has emptied, filled or gone", () => {
    expect(isOpenList(["a", "b", "c"], people, 6)).toBe(false);
    expect(isOpenList(["a"], people, 6)).toBe(false);
    expect(isOpenList(["a", "c", "gone"], people, 6)).toBe(false);
  });
});

describe("people counts", () => {
  it("are read by room", () => {
    const people = peopleByRoom({ rooms: [{ id: "k3XbZ", people: 3, name: "Blue garden" }] });
    expect([...(people ?? [])]).toEqual([["k3XbZ", 3]]);
  });

  it("are ignored when the answer is something else", () => {
    for (const body of [null, "x", {}, { rooms: 1 }, { rooms: [{ id: 1, people: 1 }] }, { rooms: [{ id: "a" }] }]) {
      expect(peopleByRoom(body)).toBeNull();
    }
  });
});
