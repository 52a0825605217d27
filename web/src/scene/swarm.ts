/**
 * One mesh drawn many times, filled anew every frame: places and colours side by side, as many as were added.
 *
 * Owns the memory of its instances and hands it to the card; its mesh is made when there is someone to draw with it. Who an
 * instance is, only the filler knows.
 */
import "@babylonjs/core/Meshes/thinInstanceMesh";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";

const MATRIX_FLOATS = 16;
const COLOR_FLOATS = 4;
/** Instances a new swarm has room for. */
const INSTANCES_MIN = 32;

export class Swarm {
  /** 16 floats per instance. Replaced by a larger array when the swarm grows. */
  matrices = new Float32Array(INSTANCES_MIN * MATRIX_FLOATS);
  #colors = new Float32Array(INSTANCES_MIN * COLOR_FLOATS).fill(1);
  #count = 0;
  #uploaded: Float32Array | undefined;
  readonly #newMesh: () => Mesh;
  #mesh: Mesh | undefined;

  constructor(newMesh: () => Mesh) {
    this.#newMesh = newMesh;
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Takes one more in, in this colour; returns where in `matrices` its matrix has to be written. */
  add(red: number, green: number, blue: number, alpha = 1): number {
    const slot = this.#count;
    if (slot * MATRIX_FLOATS === this.matrices.length) this.#double();
    this.#count = slot + 1;
    const at = slot * COLOR_FLOATS;
    this.#colors[at] = red;
    this.#colors[at + 1] = green;
    this.#colors[at + 2] = blue;
    this.#colors[at + 3] = alpha;
    return slot * MATRIX_FLOATS;
  }

  upload(): void {
    // Without instances Babylon would draw the mesh itself.
    if (this.#count === 0) {
      if (this.#mesh !== undefined) this.#mesh.isVisible = false;
      return;
    }
    const mesh = (this.#mesh ??= this.#made());
    mesh.isVisible = true;
    if (this.#uploaded !== this.matrices) {
      this.#uploaded = this.matrices;
      mesh.thinInstanceSetBuffer("matrix", this.matrices, MATRIX_FLOATS, false);
      mesh.thinInstanceSetBuffer(VertexBuffer.ColorKind, this.#colors, COLOR_FLOATS, false);
      mesh.thinInstanceCount = this.#count;
      return;
    }
    // Before the upload: Babylon uploads as many matrices as it believes there are.
    mesh.thinInstanceCount = this.#count;
    mesh.thinInstanceBufferUpdated("matrix");
    mesh.thinInstancePartialBufferUpdate(VertexBuffer.ColorKind, this.#count, 0);
  }

  /** Takes its mesh and material from the scene. */
  dispose(): void {
    this.#mesh?.dispose(false, true);
  }

  #made(): Mesh {
    const mesh = this.#newMesh();
    // Instances are all over the room: one box around them all would cull nothing and cost a scan.
    mesh.doNotSyncBoundingInfo = true;
    mesh.alwaysSelectAsActiveMesh = true;
    mesh.isPickable = false;
    return mesh;
  }

  #double(): void {
    const matrices = new Float32Array(this.matrices.length * 2);
    matrices.set(this.matrices);
    this.matrices = matrices;
    const colors = new Float32Array(this.#colors.length * 2).fill(1);
    colors.set(this.#colors);
    this.#colors = colors;
  }
}
