/**
 * One draw call for many equal things: slots in memory, thin instances on the card.
 *
 * Owns one mesh and keeps its buffers equal to its slots. Knows no entities; an owner is a number.
 */
import "@babylonjs/core/Meshes/thinInstanceMesh";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import { type Vector, copyStretched } from "./matrix";
import { Slots } from "./slots";

export class Batch {
  readonly mesh: Mesh;
  readonly slots = new Slots();
  #generation = -1;
  #matrices_stale = false;
  #colors_stale = false;

  constructor(mesh: Mesh) {
    this.mesh = mesh;
    // Instances are all over the room: one box around them all would cull nothing and cost a scan.
    mesh.doNotSyncBoundingInfo = true;
    mesh.alwaysSelectAsActiveMesh = true;
    mesh.isPickable = false;
    mesh.isVisible = false;
  }

  put(owner: number, color: Vector, alpha: number): void {
    const at = this.slots.add(owner) * 4;
    this.slots.colors.set(color, at);
    this.slots.colors[at + 3] = alpha;
    this.#colors_stale = true;
    this.#matrices_stale = true;
  }

  move(owner: number, source: Float32Array, from: number, size: Vector): void {
    const slot = this.slots.slot(owner);
    if (slot < 0) return;
    copyStretched(this.slots.matrices, slot * 16, source, from, size);
    this.#matrices_stale = true;
  }

  remove(owner: number): void {
    if (!this.slots.remove(owner)) return;
    this.#matrices_stale = true;
    this.#colors_stale = true;
  }

  /** Takes every slot's memory as changed; for owners that write into it themselves. */
  touch(): void {
    this.#matrices_stale = true;
    this.#colors_stale = true;
  }

  /** Hands the card what changed; true when anything did. */
  upload(): boolean {
    if (!this.#matrices_stale && !this.#colors_stale) return false;
    const { slots, mesh } = this;
    // Before the upload: Babylon uploads as many matrices as it believes there are.
    if (slots.generation === this.#generation) mesh.thinInstanceCount = slots.count;
    if (slots.generation !== this.#generation) {
      this.#generation = slots.generation;
      mesh.thinInstanceSetBuffer("matrix", slots.matrices, 16, false);
      mesh.thinInstanceSetBuffer(VertexBuffer.ColorKind, slots.colors, 4, false);
    } else {
      if (this.#matrices_stale) mesh.thinInstanceBufferUpdated("matrix");
      if (this.#colors_stale) mesh.thinInstanceBufferUpdated(VertexBuffer.ColorKind);
    }
    mesh.thinInstanceCount = slots.count;
    // Without instances Babylon would draw the unit shape itself.
    mesh.isVisible = slots.count > 0;
    this.#matrices_stale = false;
    this.#colors_stale = false;
    return true;
  }

  dispose(): void {
    this.mesh.dispose();
  }
}
