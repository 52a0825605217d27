/**
 * How a teleport looks: an unbroken arc to a ring with an arrow where one may stand, a dashed one to a cross where not.
 */
import { CreateBox } from "@babylonjs/core/Meshes/Builders/boxBuilder";
import { CreateCylinder } from "@babylonjs/core/Meshes/Builders/cylinderBuilder";
import { CreateDisc } from "@babylonjs/core/Meshes/Builders/discBuilder";
import { CreateTorus } from "@babylonjs/core/Meshes/Builders/torusBuilder";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import { BONE_RADIUS, composeBone } from "../scene/hands";
import type { Vector } from "../scene/matrix";
import type { Stage } from "../scene/stage";
import { unlit } from "../scene/surfaces";
import { Swarm } from "../scene/swarm";
import { BODY_RADIUS_M } from "../systems/body";
import { arcPoint } from "./arc";
import { GOOD_COLOR, REFUSED_COLOR } from "./colors";

/** Pieces of an arc; every second one is left out of a dashed one. */
const PIECES = 28;
const ARC_RADIUS_M = 0.006;
/** The ring lies this far above its floor, metres: it does not flicker in it. */
const ABOVE_M = 0.02;
/** How large the cross seems, metres per metre of distance. */
const CROSS_PER_M = 0.045;

export class TeleportMarks {
  readonly #stage: Stage;
  readonly #arc: Swarm;
  readonly #ring: TransformNode;
  readonly #cross: TransformNode;
  readonly #points = new Float32Array(3 * (PIECES + 1));
  readonly #origin: [number, number, number] = [0, 0, 0];
  readonly #direction: [number, number, number] = [0, 0, 1];
  readonly #point: [number, number, number] = [0, 0, 0];

  constructor(stage: Stage) {
    this.#stage = stage;
    const { scene } = stage;
    this.#arc = new Swarm(() => {
      const piece = CreateCylinder("teleport arc", { height: 1, diameter: 2 * BONE_RADIUS, tessellation: 8 }, scene);
      piece.material = unlit("teleport arc", scene);
      piece.applyFog = false;
      // The arc leaves the hand: it goes along with the floor on which that is tracked.
      piece.parent = stage.floor;
      return piece;
    });
    this.#ring = newRing(stage);
    this.#cross = newCross(stage);
    this.hide();
  }

  /** Draws an arc from a place on the rig's floor until it ends. */
  arc(aim: Float32Array | undefined, until_s: number, unbroken: boolean): void {
    this.#arc.clear();
    if (aim !== undefined) this.#bend(aim, until_s);
    const [red, green, blue] = unbroken ? GOOD_COLOR : REFUSED_COLOR;
    for (let piece = 0; piece < PIECES; piece += unbroken ? 1 : 2) {
      const at = this.#arc.add(red, green, blue);
      composeBone(this.#arc.matrices, at, this.#points, 3 * piece, 3 * (piece + 1), ARC_RADIUS_M);
    }
    this.#arc.upload();
  }

  /** Shows where one will stand and look. */
  place(x: number, y: number, z: number, yaw: number): void {
    this.#ring.position.set(x, y + ABOVE_M, z);
    this.#ring.rotation.y = yaw;
    this.#ring.setEnabled(true);
    this.#cross.setEnabled(false);
  }

  /** Shows where one cannot go; without a point the arc met nothing. */
  refuse(point: Vector | undefined): void {
    this.#ring.setEnabled(false);
    this.#cross.setEnabled(point !== undefined);
    if (point === undefined) return;
    const [x, y, z] = this.#stage.eye;
    const size = Math.hypot(point[0] - x, point[1] - y, point[2] - z) * CROSS_PER_M;
    this.#cross.scaling.setAll(size);
    this.#cross.position.set(point[0], point[1] + size, point[2]);
    this.#cross.rotation.y = Math.atan2(point[0] - x, point[2] - z);
  }

  hide(): void {
    this.#arc.clear();
    this.#arc.upload();
    this.#ring.setEnabled(false);
    this.#cross.setEnabled(false);
  }

  dispose(): void {
    this.#arc.dispose();
    for (const node of [this.#ring, this.#cross]) node.dispose(false, true);
  }

  #bend([x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1]: Float32Array, until_s: number): void {
    [this.#origin[0], this.#origin[1], this.#origin[2]] = [x, y, z];
    this.#direction[0] = 2 * (qx * qz + qw * qy);
    this.#direction[1] = 2 * (qy * qz - qw * qx);
    this.#direction[2] = 1 - 2 * (qx * qx + qy * qy);
    for (let corner = 0; corner <= PIECES; corner += 1) {
      arcPoint(this.#point, this.#origin, this.#direction, (until_s * corner) / PIECES);
      this.#points.set(this.#point, 3 * corner);
    }
  }
}

/** A ring as wide as a body, with an arrow ahead. */
function newRing({ scene }: Stage): TransformNode {
  const ring = new TransformNode("teleport ring", scene);
  const rim = CreateTorus("teleport rim", { diameter: 2 * BODY_RADIUS_M, thickness: 0.035, tessellation: 40 }, scene);
  rim.scaling.y = 0.4;
  const inner = CreateDisc("teleport floor", { radius: BODY_RADIUS_M, tessellation: 40, sideOrientation: Mesh.DOUBLESIDE }, scene);
  inner.rotation.x = Math.PI / 2;
  const arrow = CreateDisc("teleport arrow", { radius: 0.2, tessellation: 3, sideOrientation: Mesh.DOUBLESIDE }, scene);
  // Flat on the floor, its tip ahead, well off the ring.
  arrow.rotation.set(Math.PI / 2, -Math.PI / 2, 0);
  arrow.position.z = BODY_RADIUS_M + 0.16;
  const full = coloured("teleport ring", scene, GOOD_COLOR, 1);
  const faint = coloured("teleport floor", scene, GOOD_COLOR, 0.3);
  for (const mesh of [rim, inner, arrow]) {
    mesh.parent = ring;
    mesh.material = mesh === inner ? faint : full;
    mesh.isPickable = mesh.applyFog = false;
  }
  return ring;
}

/** Two bars across each other, one metre long, upright. */
function newCross({ scene }: Stage): TransformNode {
  const cross = new TransformNode("teleport cross", scene);
  const material = coloured("teleport cross", scene, REFUSED_COLOR, 1);
  for (const turn of [Math.PI / 4, -Math.PI / 4]) {
    const bar = CreateBox("teleport cross", { width: 2, height: 0.36, depth: 0.36 }, scene);
    bar.rotation.z = turn;
    bar.parent = cross;
    bar.material = material;
    bar.isPickable = bar.applyFog = false;
  }
  return cross;
}

function coloured(name: string, scene: Stage["scene"], color: Vector, alpha: number) {
  const material = unlit(name, scene);
  material.emissiveColor = Color3.FromArray(color);
  material.alpha = alpha;
  material.backFaceCulling = false;
  return material;
}
