import { expect, test } from "vitest";
import { LineWish, type VisitFacts } from "./wanted";

const INSIDE: VisitFacts = { phase: "inside", mode: "enter", connection: "online", driver: true };
const LOBBY: VisitFacts = { ...INSIDE, phase: "lobby", mode: null };

function seen(...facts: readonly VisitFacts[]): readonly string[] {
  const wish = new LineWish();
  return facts.map((each) => wish.see(each));
}

test("a line is there from going in until leaving, and not in the lobby", () => {
  expect(seen(LOBBY, INSIDE, INSIDE, { ...LOBBY, phase: "left" }, INSIDE)).toEqual(["keep", "begin", "keep", "end", "begin"]);
});

test("a room that was lost for a moment knows the line no more", () => {
  const lost = { ...INSIDE, connection: "reconnecting" } as const;
  expect(seen(INSIDE, lost, lost, INSIDE, INSIDE)).toEqual(["begin", "keep", "keep", "begin", "keep"]);
});

test("who watches hears, also while waiting to enter, and is heard as somebody else then", () => {
  const watching = { ...INSIDE, mode: "observe" } as const;
  const entering = { ...watching, phase: "entering", mode: "enter" } as const;
  expect(seen(watching, entering, INSIDE)).toEqual(["begin", "keep", "begin"]);
});

test("who watches drives no avatar, and hears all the same", () => {
  expect(seen({ ...INSIDE, mode: "observe", driver: false })).toEqual(["begin"]);
});

test("in a tab that another one drives nobody hears twice", () => {
  expect(seen(INSIDE, { ...INSIDE, driver: false }, INSIDE)).toEqual(["begin", "end", "begin"]);
});
