import { describe, expect, it } from "vitest";
import { ModelError, checkGlb } from "./glb";

/** A binary glTF of this description. */
function glb(description: unknown, { version = 2, told = 0 } = {}): Uint8Array {
  const json = new TextEncoder().encode(typeof description === "string" ? description : JSON.stringify(description));
  const bytes = new Uint8Array(20 + json.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x46546c67, true);
  view.setUint32(4, version, true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, json.length + told, true);
  view.setUint32(16, 0x4e4f534a, true);
  bytes.set(json, 20);
  return bytes;
}

describe("a model's file", () => {
  it("is shown when all it needs is inside", () => {
    const good = [{}, { buffers: [{ byteLength: 4 }] }, { extensionsRequired: ["KHR_mesh_quantization"] }];
    for (const description of good) expect(() => checkGlb(glb(description))).not.toThrow();
  });

  it("is refused in words when it is none, or needs more", () => {
    const bad: [Uint8Array, string][] = [
      [new Uint8Array(), "no .glb"],
      [new TextEncoder().encode("<!doctype html><title>Not found</title>"), "no .glb"],
      [glb({}, { version: 1 }), "another version"],
      [glb({}, { told: 100 }), "damaged"],
      [glb("{not json"), "damaged"],
      [glb([]), "damaged"],
      [glb({ extensionsRequired: ["KHR_draco_mesh_compression"] }), "KHR_draco_mesh_compression"],
      [glb({ extensionsRequired: [7] }), "needs"],
      [glb({ images: [{ uri: "https://elsewhere.example/a.png" }] }), "other files"],
      [glb({ buffers: [{ uri: "a.bin" }] }), "other files"],
    ];
    for (const [bytes, words] of bad) {
      expect(() => checkGlb(bytes)).toThrow(ModelError);
      expect(() => checkGlb(bytes)).toThrow(words);
    }
  });
});
