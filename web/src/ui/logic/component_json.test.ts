/** A component edited as JSON. */
import { expect, it } from "vitest";
import { COMPONENT_BYTES_MAX } from "../../core/generated";
import { componentText, parseComponent } from "./component_json";

it("what is shown reads back as the same value", () => {
  const value = { kind: "box", width: 2, nested: { list: [1, 2, 3], flag: true, none: null } };
  expect(parseComponent(componentText(value))).toEqual({ ok: true, value });
});

it("a slip of the hand is told and not sent", () => {
  expect(parseComponent('{"kind": box}')).toMatchObject({ ok: false });
  expect(parseComponent("  ")).toMatchObject({ ok: false });
});

it("a component longer than the room takes is not sent", () => {
  expect(parseComponent(`"${"ü".repeat(COMPONENT_BYTES_MAX / 2)}"`)).toEqual({ ok: false, error: "Longer than 64 KiB." });
});
