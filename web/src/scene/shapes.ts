/**
 * Unit geometries: each form once, as large as one metre, stretched by the matrices of its instances.
 */
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import { CreateBox } from "@babylonjs/core/Meshes/Builders/boxBuilder";
import { CreateCapsule } from "@babylonjs/core/Meshes/Builders/capsuleBuilder";
import { CreateCylinder } from "@babylonjs/core/Meshes/Builders/cylinderBuilder";
import { CreateGround } from "@babylonjs/core/Meshes/Builders/groundBuilder";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import type { Form } from "./looks";

/** Facets around: round enough at arm's length, cheap enough by the hundred. */
const ROUND_FACETS = 32;

export function unitShape(name: string, form: Form, ratio: number, scene: Scene): Mesh {
  switch (form) {
    case "box":
      return CreateBox(name, { size: 1 }, scene);
    case "sphere":
      return CreateSphere(name, { diameter: 1, segments: 14 }, scene);
    case "tube":
      return tube(name, ratio, scene);
    case "capsule":
      return CreateCapsule(name, { radius: 0.5, height: ratio, tessellation: 24, capSubdivisions: 8 }, scene);
    case "plane":
      return CreatePlane(name, { size: 1, sideOrientation: Mesh.DOUBLESIDE }, scene);
    case "ground":
      return CreateGround(name, { width: 1, height: 1 }, scene);
  }
}

function tube(name: string, ratio: number, scene: Scene): Mesh {
  const diameterTop = ratio < 0 ? 1 : ratio;
  const diameterBottom = ratio < 0 ? -ratio : 1;
  return CreateCylinder(name, { height: 1, diameterTop, diameterBottom, tessellation: ROUND_FACETS }, scene);
}

/** Gives every corner one colour: what instance colours are multiplied with, and what blending needs. */
export function paint(mesh: Mesh, red: number, green: number, blue: number): Mesh {
  const colors = new Float32Array(mesh.getTotalVertices() * 4);
  for (let at = 0; at < colors.length; at += 4) colors.set([red, green, blue, 1], at);
  mesh.setVerticesData(VertexBuffer.ColorKind, colors);
  return mesh;
}
