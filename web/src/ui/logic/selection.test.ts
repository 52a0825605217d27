/** The selected entity as fields. */
import { describe, expect, it } from "vitest";
import { rotationComponent, selectionFields, spinComponent, textComponent, withPart } from "./selection";

describe("the selection's fields", () => {
  it("a bare entity has the room's defaults", () => {
    const fields = selectionFields({ entity: "abc12", components: {} });
    expect(fields).toMatchObject({ title: "Thing", name: "", text: null, position: [0, 0, 0], scale: [1, 1, 1] });
    expect(fields.visibility).toBe(1);
    expect(fields.color).toBeNull();
  });

  it("a turned, spinning box shows degrees", () => {
    const half = Math.SQRT1_2;
    const fields = selectionFields({
      entity: "abc12",
      components: { shape: { kind: "box" }, rotation: [0, half, 0, half], spin: [0, Math.PI, 0], color: "#ff8800" },
    });
    expect(fields.title).toBe("Box");
    expect(fields.rotation_deg[1]).toBeCloseTo(90);
    expect(fields.spin_deg_s[1]).toBeCloseTo(180);
    expect(fields.color).toBe("#FF8800");
  });

  it("components of another form are read as not there", () => {
    const fields = selectionFields({ entity: "abc12", components: { position: [1, 2], scale: "big", text: ["a"] } });
    expect(fields).toMatchObject({ position: [0, 0, 0], scale: [1, 1, 1], text: null });
  });

  it("a new text keeps its size", () => {
    const selection = { entity: "abc12", components: { text: { value: "Hi", size: 0.4 } } };
    expect(textComponent(selection, { value: "Ho" })).toEqual({ value: "Ho", size: 0.4 });
  });

  it("half a turn per second is pi", () => {
    expect(spinComponent([0, 180, 0])).toEqual([0, 3.141593, 0]);
  });

  it("a turn is sent as a short unit quaternion", () => {
    expect(rotationComponent([0, 90, 0])).toEqual([0, 0.707107, 0, 0.707107]);
    expect(rotationComponent([0, 0, 0])).toEqual([0, 0, 0, 1]);
  });

  it("one part changes, the others stay", () => {
    expect(withPart([1, 2, 3], 1, 9)).toEqual([1, 9, 3]);
  });
});
