/**
 * The shapes people are made of: the parts of a full figure, a simple figure in one piece, and one of 24 triangles.
 *
 * All have the middle of the head as their origin and look along +Z; white is where a person's own colour shows.
 * Knows neither people nor how many there are.
 */
import { CreateCapsule } from "@babylonjs/core/Meshes/Builders/capsuleBuilder";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import type { Scene } from "@babylonjs/core/scene";
import type { Vector } from "./matrix";
import { paint } from "./shapes";

/** From the middle of the head down to the middle of the body, metres. */
export const BODY_DROP_M = 0.455;
/** The body hangs this far behind the face, metres. */
export const BODY_BACK_M = 0.03;
/** How much darker a body is than its head. */
const BODY_SHADE = 0.86;
const WHITE: Vector = [1, 1, 1];
const VISOR: Vector = [0.075, 0.09, 0.12];
const EYES: Vector = [0.93, 0.98, 1];
/** How dark the corner is that stands for a face. */
const FAR_VISOR_SHADE = 0.12;
/** The body's silhouette: radius at the shoulders and at the hips, height, and how flat it is. */
const BODY = { top_m: 0.105, bottom_m: 0.17, height_m: 0.64, flat: 0.72 } as const;

export function headShape(scene: Scene): Mesh {
  const ears = [-1, 1].map((side) => ball(scene, [side * 0.122, 0, -0.005], [0.035, 0.085, 0.085], [0.8, 0.8, 0.8], 4));
  return merged([ball(scene, [0, 0, 0], [0.25, 0.275, 0.255], WHITE, 11), ...ears]);
}

export function faceShape(scene: Scene): Mesh {
  return merged([visor(scene, 10), ...eyes(scene, 4)]);
}

export function bodyShape(scene: Scene): Mesh {
  return body(scene, 16, 5, BODY_SHADE);
}

export function handShape(scene: Scene): Mesh {
  const palm = ball(scene, [0, 0, 0], [0.085, 0.05, 0.115], WHITE, 6);
  const thumb = ball(scene, [0.03, 0.022, 0.01], [0.034, 0.034, 0.07], [0.95, 0.95, 0.95], 3);
  return merged([palm, thumb]);
}

/** A hand whose fingers are closed round something; like an open one it points along +Z, its thumb's side is +X. */
export function fistShape(scene: Scene): Mesh {
  const palm = ball(scene, [0, 0, 0], [0.09, 0.062, 0.085], WHITE, 5);
  const thumb = ball(scene, [0.04, 0, 0.014], [0.034, 0.05, 0.06], [0.95, 0.95, 0.95], 3);
  const finger = (x: number) => ball(scene, [x, 0, 0.03], [0.024, 0.07, 0.05], [0.9, 0.9, 0.9], 2);
  const fingers = [-0.0315, -0.0105, 0.0105, 0.0315].map(finger);
  return merged([palm, thumb, ...fingers]);
}

/** Head, visor and body in one: upright, turned as a whole. */
export function simpleShape(scene: Scene): Mesh {
  const trunk = body(scene, 9, 2, BODY_SHADE);
  trunk.position.set(0, -BODY_DROP_M, -BODY_BACK_M);
  trunk.bakeCurrentTransformIntoVertices();
  const head = ball(scene, [0, 0, 0], [0.25, 0.275, 0.255], WHITE, 4);
  return merged([head, trunk, visor(scene, 2), ...eyes(scene, 1)]);
}

/**
 * Head and body out of 24 triangles: three rings of four corners, each turned by half a side against the one above, so
 * that the outline is round from wherever one looks. The face is a dark corner.
 */
export function farShape(scene: Scene): Mesh {
  const top: Corner = { x: 0, y: 0.14, z: 0, shade: 1, up: 1 };
  const crown = ring({ y: 0.035, radius: 0.142, flat: 1, turn: 0, shade: 1, up: 0.1 });
  const neck = ring({ y: -0.135, radius: 0.088, flat: 0.95, turn: 0.5, shade: BODY_SHADE, up: 0.25 });
  const hips = ring({ y: -0.66, radius: 0.205, flat: BODY.flat, turn: 1, shade: BODY_SHADE, up: -0.1 });
  const bottom: Corner = { x: 0, y: -0.785, z: -BODY_BACK_M, shade: BODY_SHADE, up: -1 };
  const points = [top, ...crown, ...neck, ...hips, bottom];
  points[1] = { ...(crown[0] ?? top), shade: FAR_VISOR_SHADE };
  return faceted(scene, points, [...fan(0, 1, false), ...band(1, 5), ...band(5, 9), ...fan(13, 9, true)]);
}

interface Ring {
  readonly y: number;
  readonly radius: number;
  /** Depth over width. */
  readonly flat: number;
  /** Sides by which it is turned. */
  readonly turn: number;
  readonly shade: number;
  readonly up: number;
}

interface Corner {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly shade: number;
  /** How much its surface looks up, -1..1. */
  readonly up: number;
}

/** Four corners around the vertical axis; without a turn the first one is in front. */
function ring({ y, radius, flat, turn, shade, up }: Ring): readonly Corner[] {
  return [0, 1, 2, 3].map((side) => {
    const angle = ((side + turn) * Math.PI) / 2;
    return { x: Math.sin(angle) * radius, y, z: Math.cos(angle) * radius * flat, shade, up };
  });
}

/** Triangles between a point and a ring of four. */
function fan(point: number, ring: number, below: boolean): number[] {
  return [0, 1, 2, 3].flatMap((side) => {
    const [from, to] = [ring + side, ring + ((side + 1) % 4)];
    return below ? [point, to, from] : [point, from, to];
  });
}

/** Triangles between a ring and one below it that is turned by half a side. */
function band(upper: number, lower: number): number[] {
  return [0, 1, 2, 3].flatMap((side) => {
    const next = (side + 1) % 4;
    const [a, b, c, d] = [upper + side, upper + next, lower + side, lower + next];
    return [a, c, b, b, c, d];
  });
}

/** A mesh of corners whose surface looks away from the vertical axis. */
function faceted(scene: Scene, points: readonly Corner[], triangles: readonly number[]): Mesh {
  const data = new VertexData();
  data.positions = points.flatMap(({ x, y, z }) => [x, y, z]);
  data.indices = [...triangles];
  data.normals = points.flatMap(({ x, z, up }) => {
    const around = Math.hypot(x, z);
    const out = Math.abs(up) === 1 ? 0 : Math.sqrt(1 - up * up) / Math.max(1e-6, around);
    return [x * out, up, z * out];
  });
  data.colors = points.flatMap(({ shade }) => [shade, shade, shade, 1]);
  const mesh = new Mesh("person far", scene);
  data.applyToMesh(mesh);
  return mesh;
}

function visor(scene: Scene, segments: number): Mesh {
  return ball(scene, [0, 0.012, 0.062], [0.205, 0.15, 0.15], VISOR, segments);
}

function eyes(scene: Scene, segments: number): readonly Mesh[] {
  return [-1, 1].map((side) => ball(scene, [side * 0.043, 0.014, 0.13], [0.03, 0.044, 0.018], EYES, segments));
}

function body(scene: Scene, tessellation: number, capSubdivisions: number, shade: number): Mesh {
  const options = { radiusTop: BODY.top_m, radiusBottom: BODY.bottom_m, height: BODY.height_m };
  const mesh = CreateCapsule("part", { radius: 0.15, ...options, tessellation, capSubdivisions }, scene);
  mesh.scaling.set(1, 1, BODY.flat);
  mesh.bakeCurrentTransformIntoVertices();
  return paint(mesh, shade, shade, shade);
}

function ball(scene: Scene, place: Vector, size: Vector, color: Vector, segments: number): Mesh {
  const mesh = CreateSphere("part", { diameter: 1, segments }, scene);
  mesh.scaling.set(size[0], size[1], size[2]);
  mesh.position.set(place[0], place[1], place[2]);
  mesh.bakeCurrentTransformIntoVertices();
  return paint(mesh, color[0], color[1], color[2]);
}

function merged(parts: readonly Mesh[]): Mesh {
  const mesh = Mesh.MergeMeshes([...parts], true, true);
  if (mesh === null) throw new Error("a figure has parts");
  return mesh;
}
