/**
 * Clay as meshes: one for each part of a person or a monster, drawn many times. Knows neither, nor how many there are.
 */
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import type { Scene } from "@babylonjs/core/scene";
import type { Clay } from "./clay";
import { TRAITS_KIND } from "./paint";

export function skinOf(name: string, clay: Clay, scene: Scene, of = "person"): Mesh {
  const mesh = new Mesh(`${of} ${name}`, scene);
  const data = new VertexData();
  data.positions = clay.positions;
  data.normals = clay.normals;
  data.colors = clay.colors;
  // Seen from its front a triangle turns the other way in Babylon's left-handed space.
  data.indices = [...clay.indices].reverse();
  data.applyToMesh(mesh);
  mesh.setVerticesData(TRAITS_KIND, new Float32Array(clay.traits), false, 2);
  return mesh;
}
