/**
 * The things of a room that are models: each shown where its entity is, once it has come.
 *
 * Owns what of a loaded model stands where. Must not know components but a model's own; matrices come as 16 floats.
 */
import "@babylonjs/core/Meshes/instancedMesh";
import type { AnimationGroup } from "@babylonjs/core/Animations/animationGroup";
import { Matrix } from "@babylonjs/core/Maths/math.vector";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import type { Scene } from "@babylonjs/core/scene";
import type { ModelLook } from "../looks";
import type { ModelError } from "./glb";
import type { Geometry } from "./measure";
import type { Loaded, Shelf } from "./shelf";

/** Models of which it is told that they cannot be shown, in one visit: who changes addresses all the time fills nobody's view. */
const TROUBLES_MAX = 8;

/** A model's way to its place. */
interface Shown {
  readonly look: ModelLook;
  readonly node: TransformNode;
  animations: readonly AnimationGroup[];
  come: boolean;
  gone: boolean;
}

export class Models {
  /** Something has come, or is elsewhere. */
  onChange: () => void = () => undefined;
  /** A mesh that throws shadows has come. */
  onMesh: (mesh: AbstractMesh) => void = () => undefined;
  /** A model cannot be shown. */
  onTrouble: (url: string, words: string) => void = () => undefined;
  readonly #scene: Scene;
  readonly #open: () => Promise<Shelf>;
  #shelf: Promise<Shelf> | undefined;
  readonly #shown = new Map<number, Shown>();
  readonly #troubled = new Set<string>();
  readonly #matrix = new Matrix();

  /** `open` is asked for the shelf when the first model is. */
  constructor(scene: Scene, open: () => Promise<Shelf>) {
    this.#scene = scene;
    this.#open = open;
  }

  /** How many have come. */
  get count(): number {
    let count = 0;
    for (const { come } of this.#shown.values()) count += Number(come);
    return count;
  }

  /** Whether one of them moves by itself. */
  get alive(): boolean {
    for (const { animations } of this.#shown.values()) if (animations.length > 0) return true;
    return false;
  }

  /** Shows a model for an entity, or none. */
  put(index: number, look: ModelLook | undefined): void {
    const known = this.#shown.get(index);
    if (known !== undefined && sameLook(known.look, look)) return;
    this.remove(index);
    if (look === undefined) return;
    const node = new TransformNode("model", this.#scene);
    const shown: Shown = { look, node, animations: [], come: false, gone: false };
    this.#shown.set(index, shown);
    this.#take(look.url).then(
      ({ container }) => {
        if (shown.gone) return;
        const { rootNodes, animationGroups } = container.instantiateModelsToScene((name) => name, false);
        for (const root of rootNodes) root.parent = node;
        for (const mesh of node.getChildMeshes()) {
          mesh.visibility = look.alpha;
          this.onMesh(mesh);
        }
        shown.come = true;
        shown.animations = played(animationGroups, look.animation);
        this.onChange();
      },
      (error: ModelError) => this.#complain(look.url, error.message),
    );
  }

  move(index: number, matrix: Float32Array, at: number): void {
    const shown = this.#shown.get(index);
    if (shown === undefined) return;
    const { node } = shown;
    Matrix.FromArrayToRef(matrix, at, this.#matrix);
    node.rotationQuaternion ??= node.rotation.toQuaternion();
    this.#matrix.decompose(node.scaling, node.rotationQuaternion, node.position);
    this.onChange();
  }

  remove(index: number): void {
    const shown = this.#shown.get(index);
    if (shown === undefined) return;
    this.#shown.delete(index);
    shown.gone = true;
    for (const animation of shown.animations) animation.dispose();
    shown.node.dispose();
    this.onChange();
  }

  /** What a model is made of, when it has come; for whoever measures it, and tries again what failed. */
  async geometry(url: string): Promise<Geometry> {
    return (await this.#take(url, true)).geometry;
  }

  async #take(url: string, again = false): Promise<Loaded> {
    this.#shelf ??= this.#open();
    return await (await this.#shelf).take(url, again);
  }

  #complain(url: string, words: string): void {
    if (this.#troubled.has(url) || this.#troubled.size >= TROUBLES_MAX) return;
    this.#troubled.add(url);
    this.onTrouble(url, words);
  }
}

function sameLook(known: ModelLook, look: ModelLook | undefined): boolean {
  return known.url === look?.url && known.animation === look.animation && known.alpha === look.alpha;
}

/** Plays the animation of this name for ever; all others are not needed. */
function played(groups: readonly AnimationGroup[], name: string | undefined): readonly AnimationGroup[] {
  const [wanted, others] = [groups.filter((group) => group.name === name), groups.filter((group) => group.name !== name)];
  for (const group of others) group.dispose();
  for (const group of wanted) group.start(true);
  return wanted;
}
