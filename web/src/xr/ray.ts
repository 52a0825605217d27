/** The ray that a hand points with: a short faint one into the air, a longer one with a dot to what can be used. */
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Quaternion } from "@babylonjs/core/Maths/math.vector";
import { CreateCylinder } from "@babylonjs/core/Meshes/Builders/cylinderBuilder";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import type { Stage } from "../scene/stage";
import { unlit } from "../scene/surfaces";
import { GOOD_COLOR } from "./colors";
import type { HeadsetContext } from "./frame";

const THICK_M = 0.004;
/** How long a ray into the air is, metres. */
const AIR_M = 0.7;
/** How large the dot is, metres, and by how much more per metre of distance. */
const DOT_M = 0.008;
const DOT_PER_M = 0.012;

export function ray({ stage, pointer, onFrame }: HeadsetContext): () => void {
  const { scene } = stage;
  const node = new TransformNode("ray", scene);
  const turn = (node.rotationQuaternion = Quaternion.Identity());
  // On the floor on which the hand is tracked: it leaves the hand also where that goes on in this frame.
  node.parent = stage.floor;
  const beam = newBeam(scene);
  const dot = CreateSphere("ray's end", { diameter: 1, segments: 8 }, scene);
  const material = unlit("ray", scene);
  material.emissiveColor = Color3.FromArray(GOOD_COLOR);
  for (const mesh of [beam, dot]) {
    mesh.material = material;
    mesh.parent = node;
    mesh.isPickable = mesh.applyFog = false;
  }

  onFrame(() => {
    const { aims, taken, hit_m, hand } = pointer;
    const hits = Number.isFinite(hit_m);
    // Who takes the ray without an end shows the way themselves.
    const shown = aims && hand !== undefined && (hits || !taken);
    node.setEnabled(shown);
    if (!shown) return;
    node.position.fromArray(hand.aim);
    turn.fromArray(hand.aim, 3);
    beam.scaling.z = hits ? hit_m : AIR_M;
    beam.visibility = hits ? 1 : 0.5;
    dot.setEnabled(hits);
    if (!hits) return;
    dot.position.z = hit_m;
    dot.scaling.setAll(DOT_M + DOT_PER_M * hit_m);
  });
  return () => node.dispose(false, true);
}

/** One metre along +Z, fading. */
function newBeam(scene: Stage["scene"]): Mesh {
  const beam = CreateCylinder("ray", { height: 1, diameter: THICK_M, tessellation: 6 }, scene);
  beam.rotation.x = Math.PI / 2;
  beam.position.z = 0.5;
  beam.bakeCurrentTransformIntoVertices();
  const places = beam.getVerticesData(VertexBuffer.PositionKind) ?? [];
  const colors: number[] = [];
  for (let at = 2; at < places.length; at += 3) colors.push(1, 1, 1, 1 - 0.85 * (places[at] ?? 0));
  beam.setVerticesData(VertexBuffer.ColorKind, colors);
  beam.hasVertexAlpha = true;
  return beam;
}
