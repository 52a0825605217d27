/**
 * The frame around what is selected or pointed at: twelve beams along the edges of its box, equally thick on the
 * screen at any distance.
 */
import { CreateBox } from "@babylonjs/core/Meshes/Builders/boxBuilder";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import type { Scene } from "@babylonjs/core/scene";
import { Batch } from "./batch";
import { EDGES, edgeBeams } from "./edges";
import type { Vector } from "./matrix";
import { unlit } from "./surfaces";

/** A beam's thickness per metre of distance. */
const THICKNESS_PER_M = 0.0028;
/** A beam is never thicker, however far away, metres. */
const THICKNESS_MAX_M = 0.12;

export class Outline {
  readonly #batch: Batch;

  constructor(scene: Scene, color: Vector, alpha: number) {
    const mesh = CreateBox("frame", { size: 1 }, scene);
    const material = unlit("frame", scene);
    material.emissiveColor = Color3.FromArray(color);
    material.alpha = alpha;
    mesh.material = material;
    mesh.applyFog = false;
    this.#batch = new Batch(mesh);
    for (let edge = 0; edge < EDGES; edge += 1) this.#batch.put(edge, [1, 1, 1], 1);
    // Everything a frame needs is on the card before it is first shown.
    this.#batch.upload();
    this.hide();
  }

  /** Draws the frame around a box at a matrix, seen from `distance_m` away. */
  show(matrix: Float32Array, at: number, half: Vector, distance_m: number): void {
    const thickness = Math.min(THICKNESS_MAX_M, Math.max(0.002, distance_m * THICKNESS_PER_M));
    edgeBeams(this.#batch.slots.matrices, matrix, at, half, thickness);
    this.#batch.touch();
    this.#batch.upload();
    this.#batch.mesh.setEnabled(true);
  }

  hide(): void {
    this.#batch.mesh.setEnabled(false);
  }
}
