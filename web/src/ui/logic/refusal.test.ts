/** A refused command in words. */
import { expect, it } from "vitest";
import { refusal } from "./refusal";

it("an accepted command says nothing", () => {
  expect(refusal({ ok: true, response: {} })).toBeNull();
});

it("a wrong value is told what it should have been", () => {
  const reply = { ok: false, reason: "bad_component", detail: "spin: [x,y,z] radians per second" } as const;
  expect(refusal(reply)).toBe("Spin: [x,y,z] radians per second.");
});

it("a known reason has the words it has everywhere", () => {
  expect(refusal({ ok: false, reason: "nothing_selected", detail: "" })).toBe("Select something first.");
});
