/** The short text of surfaces takes all that plugins write into it, and is whole. */
import { NullEngine } from "@babylonjs/core/Engines/nullEngine";
import { ShaderStore } from "@babylonjs/core/Engines/shaderStore";
import { Scene } from "@babylonjs/core/scene";
import { expect, test } from "vitest";
import { PersonPaint } from "./person/paint";
import { Surfaces, unlit } from "./surfaces";

const scene = new Scene(new NullEngine());
const surface = new Surfaces(scene).material({ grid: true, glow: 0, gloss: 0.5, wide: true }, false, true);
new PersonPaint(surface);
const resolved = surface.customShaderNameResolve?.("default", [], [], [], []);
const texts = {
  vertex: ShaderStore.ShadersStore[`${resolved}VertexShader`] ?? "",
  fragment: ShaderStore.ShadersStore[`${resolved}PixelShader`] ?? "",
};

test("every place a plugin writes to is in the text", () => {
  for (const [type, text] of Object.entries(texts)) {
    for (const name of ["Bevel", "GridLines", "Daylight", "PersonPaint"]) {
      const points = Object.keys(surface.pluginManager?.getPlugin(name)?.getCustomCode(type) ?? {});
      expect(points.filter((point) => !text.includes(`#define ${point}\n`))).toEqual([]);
    }
  }
});

test("all that it includes is there: Babylon would ask the server for what is not", () => {
  for (const text of Object.values(texts)) {
    const included = [...text.matchAll(/#include<(.+?)>/g)].map(([, name = ""]) => name);
    const names = included.flatMap((name) => {
      const plain = name.replace("__decl__", "");
      return name === plain ? [name] : [`${plain}Declaration`, `${plain.replace(/Vertex|Fragment/, "Ubo")}Declaration`];
    });
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => ShaderStore.IncludesShadersStore[name] === undefined)).toEqual([]);
  }
});

test("writing on planes is drawn by the same text", () => {
  expect(unlit("sign", scene).customShaderNameResolve?.("default", [], [], [], [])).toBe(resolved);
});
