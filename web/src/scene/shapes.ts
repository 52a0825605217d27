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
import { type Facets, boxFacets, tubeFacets } from "./facets";
import type { Form } from "./looks";
import type { Vector } from "./matrix";

/** How round round things are: facets around a tube and a capsule, rows of a ball. A processor draws the coarse ones. */
const ROUND = { fine: { tube: 56, capsule: 32, ball: 22 }, coarse: { tube: 32, capsule: 20, ball: 10 } } as const;
/** A tube wider than this is a floor or a tower, metres: its rim is seen from near and far at once, and has this many facets. */
const BROAD_M = 5;
const BROAD_TUBE = 96;
/** Its chamfer, of its height and diameter: a few centimetres of a plaza, as of a drum. */
const BROAD_CHAMFER = 0.002;
/** Tiles along an edge of a ground: as for the plain (`outdoors.ts`). */
const GROUND_TILES = 13;
export type Roundness = keyof typeof ROUND;

/** Whether a form of this size is broad: then it is drawn with a geometry of its own. */
export function isBroad(form: Form, [width, , depth]: Vector): boolean {
  return form === "tube" && Math.max(width, depth) > BROAD_M;
}

export function unitShape(name: string, form: Form, ratio: number, roundness: Roundness, broad: boolean, scene: Scene): Mesh {
  const round = broad ? { ...ROUND[roundness], tube: BROAD_TUBE } : ROUND[roundness];
  switch (form) {
    case "box":
      return faceted(name, boxFacets(), scene);
    case "sphere":
      return CreateSphere(name, { diameter: 1, segments: round.ball }, scene);
    case "tube":
      return faceted(name, tube(ratio, round.tube, broad ? BROAD_CHAMFER : undefined), scene);
    case "capsule":
      return CreateCapsule(name, { radius: 0.5, height: ratio, tessellation: round.capsule, capSubdivisions: 8 }, scene);
    case "plane":
      return CreatePlane(name, { size: 1, sideOrientation: Mesh.DOUBLESIDE }, scene);
    case "ground":
      return CreateGround(name, { width: 1, height: 1, subdivisions: GROUND_TILES }, scene);
  }
}

/** Makes a bevelled box a sharp one, of a quarter of the triangles; its material must not bevel it. */
export function sharpen(mesh: Mesh): void {
  shape(mesh, boxFacets(0));
}

/** `ratio` is that of its two diameters, negative when the bottom is the smaller one. */
function tube(ratio: number, around: number, chamfer: number | undefined): Facets {
  return tubeFacets(ratio < 0 ? 0.5 : ratio / 2, ratio < 0 ? -ratio / 2 : 0.5, around, chamfer);
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
