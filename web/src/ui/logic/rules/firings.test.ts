/** What became of rules, and what the room refuses of them, in words. */
import { expect, test } from "vitest";
import { agoWords, firingWords, readFirings, reasonWords } from "./firings";
import { readRefused, refusedWords } from "./refused";

const nameOf = (entity: string): string | undefined => (entity === "u1" ? "Ana" : undefined);

test("the last firings are read, and said with who set them off", () => {
  const firings = readFirings({
    firings: [
      { rule: "door", ago_ms: 3_000, actor: "u1", outcome: "done" },
      { rule: "door", ago_ms: 65_000, outcome: "refused", reason: "condition_fails" },
      { rule: "lift", ago_ms: 200, actor: "gone", outcome: "refused", reason: "bad_component", detail: "`color` needs a colour" },
      { nonsense: true },
    ],
  });
  expect(firings.map((firing) => firingWords(firing, nameOf))).toEqual([
    "Fired 3 s ago by Ana.",
    "Not done 1 min ago. Its conditions did not hold.",
    "Not done just now. A value does not fit its component: `color` needs a colour.",
  ]);
  expect(readFirings(undefined)).toEqual([]);
});

test("a reason that is not known speaks for itself", () => {
  expect(reasonWords("out_of_luck", "")).toBe("It was refused: out of luck.");
  expect(reasonWords("out_of_luck", "Try tomorrow")).toBe("Try tomorrow.");
  expect(agoWords(7_200_000)).toBe("2 h ago");
});

test("a refusal tells of which rule and step it is", () => {
  expect(readRefused("rules[2].then[0]: there is no `do`")).toEqual({ rule: 2, step: 0, part: "then[0]", words: "There is no `do`." });
  expect(readRefused("`rules`: rules[0].if[1].not: needs a condition")).toMatchObject({ rule: 0, step: undefined, part: "if[1].not" });
  expect(readRefused("too many of them")).toMatchObject({ rule: undefined, words: "Too many of them." });
  expect(refusedWords(readRefused("rules[1].then[3].item: needs a text"))).toBe("Step 4: Needs a text.");
  expect(refusedWords(readRefused("rules[1].when: is missing"))).toBe("When: Is missing.");
});
