/** The website's pure functions: words, search and the reading of people counts. */
import { describe, expect, it } from "vitest";
import { ago, isFound, peopleByRoom, peopleInside } from "./site";

describe("words", () => {
  it("tells a time in its largest whole unit, as the server does", () => {
    const agoSeconds = (seconds: number) => ago(1e12, 1e12 - seconds * 1000);
    expect(agoSeconds(59)).toBe("just now");
    expect(agoSeconds(60)).toBe("1 minute ago");
    expect(agoSeconds(7_300)).toBe("2 hours ago");
    expect(agoSeconds(8 * 86_400)).toBe("1 week ago");
    expect(agoSeconds(-5)).toBe("just now");
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

  it("finds a room by its whole code only", () => {
    expect(isFound("K3XBZ", "Blue garden", "k3XbZ")).toBe(true);
    expect(isFound("k3X", "Blue garden", "k3XbZ")).toBe(false);
  });

  it("finds every room when nothing is searched", () => {
    expect(isFound("  ", "Blue garden", "k3XbZ")).toBe(true);
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
