/** What is held before the eyes: an edge that closes around the view, a red one, lids over all of it, and on them what to do. */
import { Constants } from "@babylonjs/core/Engines/constants";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Quaternion } from "@babylonjs/core/Maths/math.vector";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import type { Stage } from "../scene/stage";
import { unlit } from "../scene/surfaces";
import { DARK_COLOR, HURT_COLOR } from "./colors";
import { newPlate } from "./plate";

/** Drawn after all that is in the room. */
const LAST_GROUP = 3;
/** How far before the head they hang, metres: both eyes see the edge at about the same place. */
const EDGE_M = 0.6;
const LIDS_M = 0.3;
/** What is written hangs where eyes like to look, a little below straight ahead, metres. */
const WORDS_M = { ahead: 1.3, below: 0.12, line: 0.05 };
const IN_WALL = ["Your head is in a wall.", "Step back to see again."];
/** Rings of the edge by their radius, of the inmost one's, and how dark they are. */
const RINGS: readonly (readonly [number, number])[] = [
  [1, 0],
  [1.2, 0.4],
  [1.55, 1],
  [40, 1],
];
const SPOKES = 48;
/** Half the angle within which nothing reddens, radians. */
const RED_RAD = 0.62;

export class Blinds {
  readonly #node: TransformNode;
  readonly #turn = Quaternion.Identity();
  readonly #edge: Mesh;
  readonly #red: Mesh;
  readonly #lids: Mesh;
  readonly #words: Mesh;

  constructor(stage: Stage) {
    const { scene } = stage;
    this.#node = new TransformNode("blinds", scene);
    this.#node.parent = stage.floor;
    this.#node.rotationQuaternion = this.#turn;
    scene.setRenderingAutoClearDepthStencil(LAST_GROUP, false);
    this.#edge = this.#hang(newEdge(scene), 0, EDGE_M);
    this.#edge.hasVertexAlpha = true;
    this.#red = this.#hang(newEdge(scene), 1, EDGE_M);
    this.#red.hasVertexAlpha = true;
    this.#red.scaling.x = this.#red.scaling.y = EDGE_M * Math.tan(RED_RAD);
    if (this.#red.material instanceof StandardMaterial) this.#red.material.emissiveColor = Color3.FromArray(HURT_COLOR);
    this.#lids = this.#hang(CreatePlane("lids", { size: 40 }, scene), 2, LIDS_M);
    this.#words = this.#hang(newPlate(stage, IN_WALL, WORDS_M.line), 3, WORDS_M.ahead);
    this.#words.position.y = -WORDS_M.below;
    this.show(undefined, 0, false, 0);
  }

  /** Follows the head: seven numbers of the rig's frame. */
  follow(head: Float32Array): void {
    this.#node.position.fromArray(head);
    this.#turn.fromArray(head, 3);
  }

  /** Leaves a cone clear, half its angle in radians, darkens all and reddens the edge, 0 to 1; says why when it is a wall. */
  show(clear_rad: number | undefined, darkness: number, walled: boolean, redness: number): void {
    this.#red.setEnabled(redness > 0);
    this.#red.visibility = redness;
    this.#edge.setEnabled(clear_rad !== undefined);
    if (clear_rad !== undefined) this.#edge.scaling.x = this.#edge.scaling.y = EDGE_M * Math.tan(clear_rad);
    this.#lids.setEnabled(darkness > 0);
    this.#lids.visibility = darkness;
    this.#words.setEnabled(walled);
  }

  dispose(): void {
    this.#node.dispose(false, true);
  }

  /** Hangs something before the eyes, whatever else is there; what is of a higher `order` lies over the others. */
  #hang(mesh: Mesh, order: number, ahead_m: number): Mesh {
    const material = (mesh.material ??= dark(mesh.name, mesh.getScene()));
    material.backFaceCulling = false;
    material.disableDepthWrite = true;
    material.depthFunction = Constants.ALWAYS;
    mesh.parent = this.#node;
    mesh.position.z = ahead_m;
    mesh.alphaIndex = order;
    mesh.renderingGroupId = LAST_GROUP;
    mesh.alwaysSelectAsActiveMesh = true;
    mesh.isPickable = mesh.applyFog = false;
    return mesh;
  }
}

function dark(name: string, scene: Stage["scene"]): StandardMaterial {
  const material = unlit(name, scene);
  material.emissiveColor = Color3.FromArray(DARK_COLOR);
  return material;
}

function newEdge(scene: Stage["scene"]): Mesh {
  const [positions, colors, indices]: [number[], number[], number[]] = [[], [], []];
  for (const [radius, alpha] of RINGS) {
    for (let spoke = 0; spoke < SPOKES; spoke += 1) {
      const angle = (2 * Math.PI * spoke) / SPOKES;
      positions.push(radius * Math.cos(angle), radius * Math.sin(angle), 0);
      colors.push(1, 1, 1, alpha);
    }
  }
  for (let ring = 0; ring + 1 < RINGS.length; ring += 1) {
    for (let spoke = 0; spoke < SPOKES; spoke += 1) {
      const [here, next] = [ring * SPOKES + spoke, ring * SPOKES + ((spoke + 1) % SPOKES)];
      indices.push(here, next, here + SPOKES, next, next + SPOKES, here + SPOKES);
    }
  }
  const mesh = new Mesh("edge of the view", scene);
  Object.assign(new VertexData(), { positions, colors, indices }).applyToMesh(mesh);
  return mesh;
}
