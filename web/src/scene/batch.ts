/**
 * One draw call for many equal things: slots in memory, thin instances on the card.
 *
 * Owns one mesh and keeps its buffers equal to its slots. Knows no entities; an owner is a number.
 */
import "@babylonjs/core/Meshes/thinInstanceMesh";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import { type Vector, copyStretched } from "./matrix";
import { Seen } from "./seen";
import { Slots } from "./slots";
import type { ViewCone } from "./view_cone";

export class Batch {
  readonly mesh: Mesh;
  readonly slots = new Slots();
  /** The matrices that the card has; colours go with them. */
  #handed: Float32Array | undefined;
  /** Set once only those in sight are drawn. */
  #seen: Seen | undefined;
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

  /** From now on only those are drawn that may be seen, whenever `upload` is told of a view. Its mesh is a unit box. */
  spare(): void {
    this.#seen ??= new Seen();
  }

  /** Hands the card what changed; true when anything did. */
  upload(view?: ViewCone): boolean {
    const changed = this.#matrices_stale || this.#colors_stale;
    const { slots } = this;
    const seen = view && this.#seen;
    if (seen !== undefined && view !== undefined) {
      seen.gather(slots, view);
      this.#hand(seen.matrices, seen.colors, seen.count, true, true);
    } else if (changed || this.#handed !== slots.matrices) {
      this.#hand(slots.matrices, slots.colors, slots.count, this.#matrices_stale, this.#colors_stale);
    }
    this.#matrices_stale = false;
    this.#colors_stale = false;
    return changed;
  }

  #hand(matrices: Float32Array, colors: Float32Array, count: number, moved: boolean, coloured: boolean): void {
    const { mesh } = this;
    if (this.#handed === matrices) {
      // Before the upload: Babylon uploads as many matrices as it believes there are.
      mesh.thinInstanceCount = count;
      if (moved) mesh.thinInstanceBufferUpdated("matrix");
      if (coloured) mesh.thinInstanceBufferUpdated(VertexBuffer.ColorKind);
    } else {
      this.#handed = matrices;
      mesh.thinInstanceSetBuffer("matrix", matrices, 16, false);
      mesh.thinInstanceSetBuffer(VertexBuffer.ColorKind, colors, 4, false);
    }
    mesh.thinInstanceCount = count;
    // Without instances Babylon would draw the unit shape itself.
    mesh.isVisible = count > 0;
  }

  dispose(): void {
    this.mesh.dispose();
  }
}
