/**
 * A sheet in the room: a plane with a texture that is drawn anew only when what it shows has changed.
 *
 * Owns mesh and texture. Must not know what the sheet is for.
 */
import { Texture } from "@babylonjs/core/Materials/Textures/texture";
import { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import type { Scene } from "@babylonjs/core/scene";
import type { PanelFacts } from "../../core/debug";
import { PLACE_FLOATS, type Rig } from "../../scene/rig";
import { unlit } from "../../scene/surfaces";
import { type Look, PX_PER_DMM } from "./look";
import { paintSheet } from "./paint";
import { PanelPlace } from "./place";
import { Sheet } from "./sheet";

/** Letters stay sharp at a glancing angle. */
const ANISOTROPY = 8;

/** How long a panel takes to come or go, seconds. */
const FADE_S = 0.15;

export interface SurfaceKind {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  /** A panel of glass; else only what is on it is seen. */
  readonly backed: boolean;
  /** Drawn over everything that stands before it, and under other panels. */
  readonly over: boolean;
  /** Its place is in the frame of this node; in the room's without one. */
  readonly parent?: TransformNode;
}

export class Surface {
  readonly place: PanelPlace;
  sheet: Sheet;
  /** Whether it is there: for hands at once, for eyes as fast as it fades. */
  shown = false;
  readonly #kind: SurfaceKind;
  readonly #look: Look;
  readonly #mesh: Mesh;
  readonly #texture: DynamicTexture;
  /** What is lit: by a ray, by the left hand's tip, by the right one's. */
  readonly #lit: [string, string, string] = ["", "", ""];
  #stale = true;

  constructor(scene: Scene, kind: SurfaceKind, look: Look) {
    const { name, size, parent } = kind;
    [this.#kind, this.#look] = [kind, look];
    this.place = new PanelPlace(size.width, size.height);
    this.sheet = new Sheet(size.width, size.height);
    const px = { width: Math.round(size.width * PX_PER_DMM), height: Math.round(size.height * PX_PER_DMM) };
    this.#texture = new DynamicTexture(name, px, scene, true, Texture.TRILINEAR_SAMPLINGMODE);
    this.#texture.hasAlpha = true;
    this.#texture.anisotropicFilteringLevel = ANISOTROPY;
    this.#texture.wrapU = this.#texture.wrapV = Texture.CLAMP_ADDRESSMODE;
    this.#mesh = this.#newMesh(scene);
    if (parent !== undefined) this.#mesh.parent = parent;
  }

  /** What is written on it and where that is in the room. */
  facts(rig: Rig): PanelFacts {
    const { name, parent } = this.#kind;
    const at = (x: number, y: number): readonly [number, number, number] => {
      const point = this.place.point(x, y);
      const [room_x = 0, room_y = 0, room_z = 0] = rig.toRoom(Float32Array.of(...point, 0, 0, 0, 1), new Float32Array(PLACE_FLOATS));
      return parent === undefined ? point : [room_x, room_y, room_z];
    };
    const words = this.sheet.pieces.flatMap((piece) => (piece.kind === "text" ? [{ text: piece.text, at: at(piece.x, piece.y) }] : []));
    return { name, words };
  }

  /** A frame: comes or goes a little more, or at once. */
  fade(dt_s: number, at_once: boolean): void {
    const mesh = this.#mesh;
    const step = at_once ? 1 : dt_s / FADE_S;
    mesh.visibility = Math.min(1, Math.max(0, mesh.visibility + (this.shown ? step : -step)));
    mesh.isVisible = mesh.visibility > 0;
  }

  /** Shows another sheet from the next drawing on. */
  put(sheet: Sheet): void {
    this.sheet = sheet;
    this.#stale = true;
  }

  /** Lights what hands point at, by its key; "" for nothing. */
  light(ray: string, left: string, right: string): void {
    const lit = this.#lit;
    if (ray === lit[0] && left === lit[1] && right === lit[2]) return;
    [lit[0], lit[1], lit[2]] = [ray, left, right];
    this.#stale = true;
  }

  /** Goes where its place says. */
  move(): void {
    const { x, y, z, yaw, pitch, scale } = this.place;
    this.#mesh.position.set(x, y, z);
    this.#mesh.rotation.set(pitch, yaw, 0);
    this.#mesh.scaling.setAll(scale);
  }

  /** Draws what is new; true when it did. */
  draw(): boolean {
    if (!this.#stale || !this.shown) return false;
    this.#stale = false;
    paintSheet(this.#texture.getContext() as CanvasRenderingContext2D, this.sheet, this.#lit, this.#kind.backed, this.#look);
    this.#texture.update(true);
    return true;
  }

  dispose(): void {
    this.#mesh.dispose(false, true);
  }

  #newMesh(scene: Scene): Mesh {
    const { name, size, over } = this.#kind;
    const mesh = CreatePlane(name, { width: size.width, height: size.height }, scene);
    const material = unlit(name, scene);
    material.diffuseTexture = this.#texture;
    material.useAlphaFromDiffuseTexture = true;
    material.disableDepthWrite = over;
    if (over) material.depthFunction = ALWAYS;
    // Else signs and name tags behind a panel, which are drawn after it, would shine through.
    else material.forceDepthWrite = true;
    mesh.material = material;
    // What lies over the room is drawn before the panels that lie over it.
    mesh.alphaIndex = over ? 1_000 : 1_001;
    mesh.isPickable = false;
    mesh.applyFog = false;
    mesh.isVisible = false;
    mesh.visibility = 0;
    return mesh;
  }
}

/** WebGL's `ALWAYS`: nothing that stands before it hides it. */
const ALWAYS = 0x0207;
