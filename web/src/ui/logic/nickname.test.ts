/** What a nickname may be. */
import { expect, it } from "vitest";
import { nicknameError } from "./nickname";

it("spaces alone are no name", () => {
  expect(nicknameError("   ")).toMatch(/Choose a name/);
});

it("forty characters are enough, counted as people see them", () => {
  expect(nicknameError("🦊".repeat(40))).toBeNull();
  expect(nicknameError("x".repeat(41))).toBe("At most 40 characters; this has 41.");
});
