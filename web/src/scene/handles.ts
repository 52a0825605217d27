/**
 * The handles with which a selected thing is moved, turned and scaled: gizmos on a stand-in of the thing.
 *
 * Owns the stand-in. Tells world matrices; whose they are and what is sent is the caller's business. The gizmos (`gizmos.ts`) come
 * when somebody builds: nobody waits for them at the door, and until they are there nothing shows.
 */
import { Matrix, Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import type { Gizmo as GizmoKind } from "../core/building";
import type { Dragged, Gizmos } from "./gizmos";

/** A place apart from its parent: what an entity's components hold. */
export interface LocalPlace {
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
  readonly scale: readonly [number, number, number];
}

export class Handles {
  readonly #scene: Scene;
  readonly #stand_in: Mesh;
  readonly #dragged: Dragged;
  #coming: Promise<void> | undefined;
  #gizmos: Gizmos | undefined;
  #disposed = false;

  constructor(scene: Scene, dragged: Dragged) {
    this.#scene = scene;
    this.#dragged = dragged;
    this.#stand_in = new Mesh("selected", scene);
    this.#stand_in.rotationQuaternion = Quaternion.Identity();
    this.#stand_in.isPickable = false;
  }

  /** Somebody builds: has the gizmos fetched, once. */
  prepare(): void {
    this.#coming ??= this.#fetch().catch((error: unknown) => console.error(error));
  }

  /** True while a handle is held or under the pointer: the view must not turn and nothing else is selected. */
  get busy(): boolean {
    return this.#gizmos?.busy ?? false;
  }

  get dragging(): boolean {
    return this.#gizmos?.dragging ?? false;
  }

  /** Shows handles of a kind at a world matrix. */
  show(kind: GizmoKind, matrix: Float32Array, at: number): void {
    this.place(matrix, at);
    this.#gizmos?.show(kind, this.#stand_in);
  }

  /** Follows the thing, unless it is the handles that move it. */
  place(matrix: Float32Array, at: number): void {
    if (this.dragging) return;
    const world = Matrix.FromArray(matrix, at);
    const { position, scaling, rotationQuaternion } = this.#stand_in;
    world.decompose(scaling, rotationQuaternion ?? undefined, position);
    this.#stand_in.computeWorldMatrix(true);
  }

  /** Whether a handle is at a place of the canvas, or so near that a finger means it, CSS pixels. */
  isAt(x: number, y: number): boolean {
    return this.#gizmos?.isAt(x, y) ?? false;
  }

  /** Dragging goes by steps: metres, radians; 0 goes freely. */
  snap(move_m: number, turn_rad: number): void {
    this.#gizmos?.snap(move_m, turn_rad);
  }

  hide(): void {
    this.#gizmos?.show(undefined, this.#stand_in);
  }

  /** Where the thing is now, as the handles have it, in world space. */
  world(out: Float32Array): void {
    this.#stand_in.computeWorldMatrix(true).copyToArray(out);
  }

  /** The same place apart from a parent at `parent`'s matrix. */
  local(parent: Float32Array | undefined, at: number): LocalPlace {
    const world = this.#stand_in.computeWorldMatrix(true);
    const local = parent === undefined ? world : world.multiply(Matrix.FromArray(parent, at).invert());
    const [scale, rotation, position] = [Vector3.One(), Quaternion.Identity(), Vector3.Zero()];
    local.decompose(scale, rotation, position);
    return {
      position: [position.x, position.y, position.z],
      rotation: [rotation.x, rotation.y, rotation.z, rotation.w],
      scale: [scale.x, scale.y, scale.z],
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#gizmos?.dispose();
    this.#stand_in.dispose();
  }

  async #fetch(): Promise<void> {
    const { Gizmos } = await import("./gizmos");
    if (!this.#disposed) this.#gizmos = new Gizmos(this.#scene, this.#dragged);
  }
}
