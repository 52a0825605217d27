/**
 * The handles with which a selected thing is moved, turned and scaled: Babylon's gizmos on a stand-in of the thing.
 *
 * Owns the stand-in and the dragging. Tells world matrices; whose they are and what is sent is the caller's business.
 */
import "@babylonjs/core/Culling/ray";
import { PositionGizmo } from "@babylonjs/core/Gizmos/positionGizmo";
import { RotationGizmo } from "@babylonjs/core/Gizmos/rotationGizmo";
import { ScaleGizmo } from "@babylonjs/core/Gizmos/scaleGizmo";
import { Matrix, Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { UtilityLayerRenderer } from "@babylonjs/core/Rendering/utilityLayerRenderer";
import type { Scene } from "@babylonjs/core/scene";
import type { Gizmo as GizmoKind } from "../core/building";

/** Called while a handle is dragged (`done` false) and once when it is let go. */
export type Dragged = (done: boolean) => void;

/** A place apart from its parent: what an entity's components hold. */
export interface LocalPlace {
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
  readonly scale: readonly [number, number, number];
}

type AnyGizmo = PositionGizmo | RotationGizmo | ScaleGizmo;

/** Size of the handles relative to Babylon's own. */
const HANDLE_SIZE = 1.25;
/** Where a finger that lands beside a handle may have meant it, CSS pixels. */
const FINGER_PX: readonly (readonly [number, number])[] = [[0, 0], [12, 0], [-12, 0], [0, 12], [0, -12]];

export class Handles {
  readonly #layer: UtilityLayerRenderer;
  readonly #stand_in: Mesh;
  readonly #dragged: Dragged;
  #gizmo: AnyGizmo | undefined;
  #kind: GizmoKind | undefined;

  constructor(scene: Scene, dragged: Dragged) {
    this.#dragged = dragged;
    this.#layer = new UtilityLayerRenderer(scene);
    this.#layer.utilityLayerScene.autoClearDepthAndStencil = true;
    this.#stand_in = new Mesh("selected", scene);
    this.#stand_in.rotationQuaternion = Quaternion.Identity();
    this.#stand_in.isPickable = false;
  }

  /** True while a handle is held or under the pointer: the view must not turn and nothing else is selected. */
  get busy(): boolean {
    return this.#gizmo !== undefined && (this.#gizmo.isHovered || this.#gizmo.isDragging);
  }

  get dragging(): boolean {
    return this.#gizmo?.isDragging ?? false;
  }

  /** Shows handles of a kind at a world matrix. */
  show(kind: GizmoKind, matrix: Float32Array, at: number): void {
    this.place(matrix, at);
    if (kind === this.#kind) return;
    this.hide();
    this.#kind = kind;
    this.#gizmo = this.#make(kind);
    this.#gizmo.attachedMesh = this.#stand_in;
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
    if (this.#gizmo === undefined) return false;
    const { utilityLayerScene } = this.#layer;
    return FINGER_PX.some(([dx, dy]) => utilityLayerScene.pick(x + dx, y + dy).hit);
  }

  /** Dragging goes by steps: metres, radians; 0 goes freely. */
  snap(move_m: number, turn_rad: number): void {
    const gizmo = this.#gizmo;
    if (gizmo instanceof PositionGizmo && gizmo.snapDistance !== move_m) gizmo.snapDistance = move_m;
    if (gizmo instanceof RotationGizmo && gizmo.snapDistance !== turn_rad) gizmo.snapDistance = turn_rad;
  }

  hide(): void {
    this.#gizmo?.dispose();
    this.#gizmo = undefined;
    this.#kind = undefined;
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
    this.hide();
    this.#stand_in.dispose();
    this.#layer.dispose();
  }

  #make(kind: GizmoKind): AnyGizmo {
    const gizmo = this.#bare(kind);
    gizmo.scaleRatio = HANDLE_SIZE;
    gizmo.onDragObservable.add(() => this.#dragged(false));
    gizmo.onDragEndObservable.add(() => this.#dragged(true));
    return gizmo;
  }

  #bare(kind: GizmoKind): AnyGizmo {
    switch (kind) {
      case "move": {
        const gizmo = new PositionGizmo(this.#layer);
        // Things stand along the room's axes; along their own only by chance.
        gizmo.updateGizmoRotationToMatchAttachedMesh = false;
        return gizmo;
      }
      case "rotate": {
        const gizmo = new RotationGizmo(this.#layer);
        gizmo.updateGizmoRotationToMatchAttachedMesh = false;
        return gizmo;
      }
      case "scale": {
        const gizmo = new ScaleGizmo(this.#layer);
        gizmo.sensitivity = 2;
        return gizmo;
      }
    }
  }
}
