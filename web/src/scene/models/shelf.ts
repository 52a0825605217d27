/**
 * Models as they are fetched: each address once, a few at a time, and never more bytes or triangles than a phone can hold.
 *
 * Owns what was loaded, and the loader itself, which comes when the first model does. Must not know which things show them.
 */
// Models have bumps, bones and cut-outs: they are drawn by Babylon's own text.
import "@babylonjs/core/Shaders/default.fragment";
import "@babylonjs/core/Shaders/default.vertex";
import { LoadAssetContainerAsync } from "@babylonjs/core/Loading/sceneLoader";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import { Material } from "@babylonjs/core/Materials/material";
import type { PBRMaterial } from "@babylonjs/core/Materials/PBR/pbrMaterial";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { AssetContainer } from "@babylonjs/core/assetContainer";
import type { Scene } from "@babylonjs/core/scene";
import type { Daylight } from "../daylight";
import { MODEL_BYTES_MAX, ModelError, checkGlb } from "./glb";
import type { Geometry } from "./measure";

/** Triangles of one model: with more a phone draws no room any more. */
export const MODEL_TRIANGLES_MAX = 300_000;
/** Models of one room, of different addresses: further ones are not fetched. */
export const MODELS_MAX = 64;
/** Bytes of all models that were fetched, while one is in a room: with more a phone's page is closed by its system. */
export const MODELS_BYTES_MAX = 128 * 1024 * 1024;
/** Models that are fetched at a time. */
const FETCHES_MAX = 2;

/** A model that has come. */
export interface Loaded {
  readonly container: AssetContainer;
  readonly geometry: Geometry;
}

export class Shelf {
  readonly #scene: Scene;
  readonly #daylight: Daylight;
  readonly #known = new Map<string, Promise<Loaded>>();
  readonly #failed = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  #fetching = 0;
  #bytes = 0;

  constructor(scene: Scene, daylight: Daylight) {
    this.#scene = scene;
    this.#daylight = daylight;
  }

  /**
   * The model of an address. Rejects with a `ModelError` for one that cannot be shown; with `again`, as whoever places one wishes,
   * one that failed is fetched anew. What a room shows is not: whoever changes its addresses would have everyone fetch all the time.
   */
  take(url: string, again = false): Promise<Loaded> {
    if (again && this.#failed.delete(url)) this.#known.delete(url);
    const known = this.#known.get(url);
    if (known !== undefined) return known;
    if (this.#known.size >= MODELS_MAX) return Promise.reject(new ModelError(`a room shows ${MODELS_MAX} models at most`));
    const taken = this.#load(url);
    this.#known.set(url, taken);
    taken.catch(() => this.#failed.add(url));
    return taken;
  }

  async #load(url: string): Promise<Loaded> {
    while (this.#fetching >= FETCHES_MAX) await new Promise<void>((go) => this.#waiting.push(go));
    this.#fetching += 1;
    try {
      const bytes = await fetched(url, Math.min(MODEL_BYTES_MAX, MODELS_BYTES_MAX - this.#bytes));
      checkGlb(bytes);
      this.#bytes += bytes.length;
      // Only rooms with models pay for what reads them.
      await import("./gltf");
      const container = await LoadAssetContainerAsync(bytes, this.#scene, { pluginExtension: ".glb" });
      const geometry = geometryOf(container);
      if (geometry.triangles.length / 3 > MODEL_TRIANGLES_MAX) {
        container.dispose();
        throw new ModelError(`it has more than ${MODEL_TRIANGLES_MAX.toLocaleString("en")} triangles`);
      }
      this.#lightAll(container);
      return { container, geometry };
    } catch (error) {
      throw error instanceof ModelError ? error : new ModelError("its file is damaged");
    } finally {
      this.#fetching -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** What a model is made of answers the room's light as everything else does. */
  #lightAll(container: AssetContainer): void {
    const made = new Map<Material, StandardMaterial>();
    for (const mesh of container.meshes) {
      const { material } = mesh;
      mesh.receiveShadows = true;
      mesh.isPickable = false;
      if (material === null) continue;
      const known = made.get(material) ?? this.#lit(material as PBRMaterial);
      made.set(material, known);
      mesh.material = known;
    }
    for (const material of made.keys()) material.dispose();
    container.materials.splice(0, container.materials.length, ...made.values());
  }

  #lit(from: PBRMaterial): StandardMaterial {
    const material = new StandardMaterial(from.name, this.#scene);
    const shade = from.albedoColor.toGammaSpace();
    material.diffuseColor = shade;
    material.diffuseTexture = from.albedoTexture;
    material.backFaceCulling = from.backFaceCulling;
    material.alpha = from.alpha;
    if (from.bumpTexture !== null) material.bumpTexture = from.bumpTexture;
    if (from.needAlphaBlending()) {
      material.transparencyMode = Material.MATERIAL_ALPHABLEND;
      material.useAlphaFromDiffuseTexture = from.albedoTexture?.hasAlpha === true;
    } else if (from.needAlphaTesting()) {
      material.transparencyMode = Material.MATERIAL_ALPHATEST;
      if (material.diffuseTexture !== null) material.diffuseTexture.hasAlpha = true;
    }
    const { r, g, b } = from.emissiveColor;
    const glow = from.unlit ? 1 : Math.min(1, Math.max(r, g, b));
    const metal = (from.metallic ?? 0) > 0.5;
    this.#daylight.light(material, { glow, gloss: 1 - (from.roughness ?? 1), metal, wide: false });
    return material;
  }

  dispose(): void {
    for (const taken of this.#known.values()) {
      void taken.then(
        ({ container }) => container.dispose(),
        () => undefined,
      );
    }
    this.#known.clear();
  }
}

/** The bytes of an address, if they are no more than so many. */
async function fetched(url: string, bytes_max: number): Promise<Uint8Array> {
  const answer = await fetch(url).catch(() => {
    throw new ModelError("it cannot be fetched: the server, or the one it lies on, does not allow it");
  });
  if (!answer.ok) throw new ModelError(answer.status === 404 ? "there is no such file" : `its server answers ${answer.status}`);
  const reader = answer.body?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    length += piece.value.length;
    if (length > bytes_max) {
      void reader?.cancel();
      const mib = (bytes: number) => bytes / 1024 / 1024;
      const alone = `it is larger than ${mib(MODEL_BYTES_MAX)} MiB`;
      throw new ModelError(bytes_max < MODEL_BYTES_MAX ? `the room's models are larger than ${mib(MODELS_BYTES_MAX)} MiB together` : alone);
    }
    pieces.push(piece.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** All triangles of a model as it stands, in its own frame. */
function geometryOf(container: AssetContainer): Geometry {
  const points: number[] = [];
  const triangles: number[] = [];
  for (const mesh of container.meshes) addGeometry(mesh, points, triangles);
  return { points: new Float32Array(points), triangles: new Uint32Array(triangles) };
}

function addGeometry(mesh: AbstractMesh, points: number[], triangles: number[]): void {
  const places = mesh.getVerticesData(VertexBuffer.PositionKind);
  const indices = mesh.getIndices();
  if (places === null || indices === null) return;
  const matrix = mesh.computeWorldMatrix(true);
  const first = points.length / 3;
  const point = new Vector3();
  for (let at = 0; at + 2 < places.length; at += 3) {
    Vector3.TransformCoordinatesFromFloatsToRef(places[at] ?? 0, places[at + 1] ?? 0, places[at + 2] ?? 0, matrix, point);
    points.push(point.x, point.y, point.z);
  }
  for (const index of indices) triangles.push(first + index);
}
