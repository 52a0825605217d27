/**
 * Other people: a head with a visor, a soft body, hands. Everyone is drawn by four batches, however many they are.
 *
 * Owns how a person looks and moves up and down in the picture; poses and identities are handed in each frame.
 */
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { CreateCapsule } from "@babylonjs/core/Meshes/Builders/capsuleBuilder";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import type { Scene } from "@babylonjs/core/scene";
import { yawOf } from "../core/viewer";
import { Batch } from "./batch";
import { type Quaternion, type Vector, compose } from "./matrix";
import { paint } from "./shapes";
import type { Surfaces } from "./surfaces";

/** From the middle of the head down to the middle of the body, metres. */
const BODY_DROP_M = 0.455;
/** How long a person takes to appear, milliseconds; nothing pops. */
export const APPEAR_MS = 160;
/** Nearer than this to the eye a person is not drawn, metres: nobody looks into a head. */
export const NEAR_M = 0.38;
/** How grey someone becomes who is away. */
const AWAY_GREY = 0.78;

/** A person as the crowd draws them. */
export interface Figure {
  readonly index: number;
  readonly color: Vector;
  readonly away: boolean;
  /** Milliseconds since they appeared. */
  readonly age_ms: number;
}

/** Where a part of a person is: 7 floats (place, quaternion) at `at`. */
export interface PoseAt {
  readonly floats: Float32Array;
  readonly at: number;
}

export class Crowd {
  readonly #heads: Batch;
  readonly #faces: Batch;
  readonly #bodies: Batch;
  readonly #hands: Batch;
  #drawn = 0;

  constructor(scene: Scene, surfaces: Surfaces, onBatch: (batch: Batch, casts: boolean) => void) {
    const batch = (mesh: Mesh, gloss: number): Batch => {
      mesh.material = surfaces.material({ grid: false, glow: 0, gloss }, false);
      mesh.receiveShadows = true;
      const made = new Batch(mesh);
      onBatch(made, true);
      return made;
    };
    this.#heads = batch(head(scene), 0.35);
    this.#faces = batch(face(scene), 0.6);
    this.#bodies = batch(body(scene), 0.2);
    this.#hands = batch(hand(scene), 0.2);
  }

  /** People drawn in the last frame. */
  get drawn(): number {
    return this.#drawn;
  }

  /** Begins a frame: everyone is drawn anew. */
  begin(): void {
    for (const batch of this.#all()) clear(batch);
    this.#drawn = 0;
  }

  /** Draws a person; `eye` is where the picture is taken from. */
  draw(figure: Figure, head: PoseAt, left: PoseAt | undefined, right: PoseAt | undefined, eye: Vector): void {
    const place = placeOf(head);
    if (Math.hypot(place[0] - eye[0], place[1] - eye[1], place[2] - eye[2]) < NEAR_M) return;
    const size = appearance(figure.age_ms);
    const skin = figure.away ? grey(figure.color) : figure.color;
    const facing = turnOf(head);
    this.#drawn += 1;
    const owner = figure.index * 2;
    add(this.#heads, owner, place, facing, size, skin);
    add(this.#faces, owner, place, facing, size, figure.away ? [0.55, 0.57, 0.6] : [1, 1, 1]);
    this.#drawBody(owner, place, facing, size, skin);
    if (left !== undefined) add(this.#hands, owner, placeOf(left), turnOf(left), size, skin);
    if (right !== undefined) add(this.#hands, owner + 1, placeOf(right), turnOf(right), size, skin);
  }

  end(): void {
    for (const batch of this.#all()) {
      batch.touch();
      batch.upload();
    }
  }

  #drawBody(owner: number, place: Vector, facing: Quaternion, size: number, skin: Vector): void {
    // The body hangs a little behind the face and turns with it, but never tilts.
    const yaw = yawOf(...facing);
    const back = -0.03;
    const [x, y, z] = place;
    const at: Vector = [x + Math.sin(yaw) * back, y - BODY_DROP_M * size, z + Math.cos(yaw) * back];
    add(this.#bodies, owner, at, [0, Math.sin(yaw / 2), 0, Math.cos(yaw / 2)], size, shade(skin, 0.86));
  }

  #all(): readonly Batch[] {
    return [this.#heads, this.#faces, this.#bodies, this.#hands];
  }
}

/** Where a name tag belongs: above the head, metres. */
export function tagPlace(head: PoseAt): Vector {
  const [x, y, z] = placeOf(head);
  return [x, y + 0.3, z];
}

function clear(batch: Batch): void {
  for (let slot = batch.slots.count - 1; slot >= 0; slot -= 1) batch.slots.remove(batch.slots.owner(slot));
}

function add(batch: Batch, owner: number, place: Vector, facing: Quaternion, size: number, color: Vector): void {
  const slot = batch.slots.add(owner);
  compose(batch.slots.matrices, slot * 16, place, facing, [size, size, size]);
  batch.slots.colors.set(color, slot * 4);
  batch.slots.colors[slot * 4 + 3] = 1;
}

function placeOf({ floats, at }: PoseAt): Vector {
  return [floats[at] ?? 0, floats[at + 1] ?? 0, floats[at + 2] ?? 0];
}

function turnOf({ floats, at }: PoseAt): Quaternion {
  return [floats[at + 3] ?? 0, floats[at + 4] ?? 0, floats[at + 5] ?? 0, floats[at + 6] ?? 1];
}

/** Grows from nothing to full size, ending softly. */
function appearance(age_ms: number): number {
  const share = Math.min(1, Math.max(0.05, age_ms / APPEAR_MS));
  return 1 - (1 - share) ** 3;
}

function grey([red, green, blue]: Vector): Vector {
  const light = 0.299 * red + 0.587 * green + 0.114 * blue;
  const toward = (part: number) => part + (0.35 + light * 0.35 - part) * AWAY_GREY;
  return [toward(red), toward(green), toward(blue)];
}

function shade([red, green, blue]: Vector, share: number): Vector {
  return [red * share, green * share, blue * share];
}

// ---- geometry: the head's middle is the origin, +Z is where it looks --------------------------------------------

function ball(scene: Scene, place: Vector, size: Vector, color: Vector, segments = 12): Mesh {
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

function head(scene: Scene): Mesh {
  const white: Vector = [1, 1, 1];
  const ears = [-1, 1].map((side) => ball(scene, [side * 0.122, 0, -0.005], [0.035, 0.085, 0.085], [0.8, 0.8, 0.8], 6));
  return merged([ball(scene, [0, 0, 0], [0.25, 0.275, 0.255], white, 16), ...ears]);
}

function face(scene: Scene): Mesh {
  const light: Vector = [0.93, 0.98, 1];
  const eyes = [-1, 1].map((side) => ball(scene, [side * 0.043, 0.014, 0.13], [0.03, 0.044, 0.018], light, 6));
  const visor = ball(scene, [0, 0.012, 0.062], [0.205, 0.15, 0.15], [0.075, 0.09, 0.12], 14);
  return merged([visor, ...eyes]);
}

function body(scene: Scene): Mesh {
  const options = { radiusTop: 0.105, radiusBottom: 0.17, height: 0.64, tessellation: 20, capSubdivisions: 8 };
  const mesh = CreateCapsule("part", { radius: 0.15, ...options }, scene);
  mesh.scaling.set(1, 1, 0.72);
  mesh.bakeCurrentTransformIntoVertices();
  return paint(mesh, 1, 1, 1);
}

function hand(scene: Scene): Mesh {
  const palm = ball(scene, [0, 0, 0], [0.085, 0.05, 0.115], [1, 1, 1], 10);
  const thumb = ball(scene, [0.03, 0.022, 0.01], [0.034, 0.034, 0.07], [0.95, 0.95, 0.95], 6);
  return merged([palm, thumb]);
}
