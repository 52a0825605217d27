import { describe, expect, it } from "vitest";
import { roleChoices } from "./roles";

const words = (...choices: Parameters<typeof roleChoices>) => roleChoices(...choices).map((choice) => choice.words);

describe("roles to choose from", () => {
  it("stand from the least to the most", () => {
    expect(words(["builder", "visitor", "member"], "visitor")).toEqual(["Visitor", "Member", "Builder"]);
  });

  it("what someone is stands there although one could not give it", () => {
    expect(words(["visitor"], "owner")).toEqual(["Visitor", "Owner"]);
  });
});
