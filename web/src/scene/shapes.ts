/**
 * Unit geometries: each form once, as large as one metre, stretched by the matrices of its instances. No edge is sharp.
 */
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import { CreateCapsule } from "@babylonjs/core/Meshes/Builders/capsuleBuilder";
import { CreateGround } from "@babylonjs/core/Meshes/Builders/groundBuilder";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import type { Scene } from "@babylonjs/core/scene";
import { markBevelled, unmarkBevelled } from "./bevel";
import { type Facets, boxFacets, tubeFacets } from "./facets";
import type { Form } from "./looks";

/** How round round things are: facets around a tube and a capsule, rows of a ball. A processor draws the coarse ones. */
const ROUND = { fine: { tube: 56, capsule: 32, ball: 22 }, coarse: { tube: 32, capsule: 20, ball: 10 } } as const;
/** Tiles along an edge of a ground: as for the plain (`outdoors.ts`). */
const GROUND_TILES = 13;
export type Roundness = keyof typeof ROUND;

export function unitShape(name: string, form: Form, ratio: number, roundness: Roundness, scene: Scene): Mesh {
  const round = ROUND[roundness];
  switch (form) {
    case "box":
      return markBevelled(faceted(name, boxFacets(), scene));
    case "sphere":
      return CreateSphere(name, { diameter: 1, segments: round.ball }, scene);
    case "tube":
      return faceted(name, tubeFacets(ratio < 0 ? 0.5 : ratio / 2, ratio < 0 ? -ratio / 2 : 0.5, round.tube), scene);
    case "capsule":
      return CreateCapsule(name, { radius: 0.5, height: ratio, tessellation: round.capsule, capSubdivisions: 8 }, scene);
    case "plane":
      return CreatePlane(name, { size: 1, sideOrientation: Mesh.DOUBLESIDE }, scene);
    case "ground":
      return CreateGround(name, { width: 1, height: 1, subdivisions: GROUND_TILES }, scene);
  }
}

/** Makes a bevelled box a sharp one, of a quarter of the triangles. */
export function sharpen(mesh: Mesh): void {
  unmarkBevelled(mesh);
  shape(mesh, boxFacets(0));
}

function faceted(name: string, facets: Facets, scene: Scene): Mesh {
  return shape(new Mesh(name, scene), facets);
}

function shape(mesh: Mesh, { positions, normals, indices }: Facets): Mesh {
  const data = new VertexData();
  Object.assign(data, { positions, normals, indices });
  data.applyToMesh(mesh);
  return mesh;
}

/** Gives every corner one colour: what instance colours are multiplied with, and what blending needs. */
export function paint(mesh: Mesh, red: number, green: number, blue: number): Mesh {
  const colors = new Float32Array(mesh.getTotalVertices() * 4);
  for (let at = 0; at < colors.length; at += 4) colors.set([red, green, blue, 1], at);
  mesh.setVerticesData(VertexBuffer.ColorKind, colors);
  return mesh;
}
