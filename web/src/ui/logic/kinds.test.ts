/** How declared components are edited. */
import { describe, expect, it } from "vitest";
import { COMPONENTS, type Kind } from "../../core/components";
import { addable, beginning, editorOf, withMember } from "./kinds";

const kindOf = (name: string): Kind => COMPONENTS[name]?.kind ?? { is: "any" };

describe("the field of a component", () => {
  it("follows its kind", () => {
    expect(editorOf(kindOf("visibility"), 1)).toMatchObject({ as: "number", min: 0, max: 1 });
    expect(editorOf(kindOf("spin"), [0, 1, 0])).toMatchObject({ as: "vector" });
    expect(editorOf(kindOf("body"), {})).toMatchObject({ as: "object" });
    expect(editorOf(kindOf("floor"), true)).toEqual({ as: "switch" });
  });

  it("is chosen by the value where there are several ways to write it", () => {
    expect(editorOf(kindOf("collider"), false)).toEqual({ as: "switch" });
    expect(editorOf(kindOf("collider"), { shape: "box" })).toMatchObject({ as: "object" });
  });

  it("is none for what only JSON says", () => {
    expect(editorOf(kindOf("rotation"), [0, 0, 0, 1])).toBeUndefined();
    expect(editorOf(kindOf("rules"), {})).toBeUndefined();
    expect(editorOf(kindOf("floor"), { made: "up" })).toBeUndefined();
  });
});

describe("a new component", () => {
  it("begins with its required fields alone", () => {
    expect(beginning(kindOf("body"))).toEqual({});
    expect(beginning(kindOf("shape"))).toEqual({ kind: "box" });
    expect(beginning(kindOf("visibility"))).toBe(1);
    expect(beginning(kindOf("collider"))).toBe(true);
  });

  it("is offered when it is not there yet, is no person's, and is not the room's to write", () => {
    const names = [...addable(COMPONENTS, new Set(["body"])).values()].flat();
    expect(names).toContain("holdable");
    for (const never of ["body", "health", "held_by", "avatar", "script"]) expect(names).not.toContain(never);
  });
});

it("a member is set, replaced and taken away, and the others stay", () => {
  expect(withMember({ a: 1, b: 2 }, "b", 3)).toEqual({ a: 1, b: 3 });
  expect(withMember({ a: 1, b: 2 }, "b", undefined)).toEqual({ a: 1 });
  expect(withMember(undefined, "a", 1)).toEqual({ a: 1 });
});
