/**
 * The handles themselves: Babylon's gizmos in a layer over the room. Comes with all they are made of when somebody builds.
 *
 * Owns what is dragged and what is under the pointer. Must not know whose handles they are.
 */
// Gizmos are drawn by Babylon's own text.
import "@babylonjs/core/Shaders/default.fragment";
import "@babylonjs/core/Shaders/default.vertex";
import { PositionGizmo } from "@babylonjs/core/Gizmos/positionGizmo";
import { RotationGizmo } from "@babylonjs/core/Gizmos/rotationGizmo";
import { ScaleGizmo } from "@babylonjs/core/Gizmos/scaleGizmo";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import { UtilityLayerRenderer } from "@babylonjs/core/Rendering/utilityLayerRenderer";
import type { Scene } from "@babylonjs/core/scene";
import type { Gizmo as GizmoKind } from "../core/building";

/** Called while a handle is dragged (`done` false) and once when it is let go. */
export type Dragged = (done: boolean) => void;

type AnyGizmo = PositionGizmo | RotationGizmo | ScaleGizmo;

/** Size of the handles relative to Babylon's own. */
const HANDLE_SIZE = 1.25;
/** Where a finger that lands beside a handle may have meant it, CSS pixels. */
const FINGER_PX: readonly (readonly [number, number])[] = [[0, 0], [12, 0], [-12, 0], [0, 12], [0, -12]];

export class Gizmos {
  readonly #layer: UtilityLayerRenderer;
  readonly #dragged: Dragged;
  #gizmo: AnyGizmo | undefined;
  #kind: GizmoKind | undefined;

  constructor(scene: Scene, dragged: Dragged) {
    this.#dragged = dragged;
    this.#layer = new UtilityLayerRenderer(scene);
    this.#layer.utilityLayerScene.autoClearDepthAndStencil = true;
  }

  /** True while a handle is held or under the pointer. */
  get busy(): boolean {
    return this.#gizmo !== undefined && (this.#gizmo.isHovered || this.#gizmo.isDragging);
  }

  get dragging(): boolean {
    return this.#gizmo?.isDragging ?? false;
  }

  /** Puts handles of a kind on a mesh, none for undefined. */
  show(kind: GizmoKind | undefined, mesh: Mesh): void {
    if (kind === this.#kind) return;
    this.#gizmo?.dispose();
    this.#gizmo = kind && this.#make(kind);
    this.#kind = kind;
    if (this.#gizmo !== undefined) this.#gizmo.attachedMesh = mesh;
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

  dispose(): void {
    this.#gizmo?.dispose();
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
