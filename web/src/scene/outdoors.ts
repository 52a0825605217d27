/**
 * What is around every room: sky, sun with its shadows, the plain. Owns how a sky becomes light and colours of all surfaces.
 *
 * Must not know what stands in the room; who casts shadows is handed in.
 */
import "@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent";
import "@babylonjs/core/Meshes/thinInstanceMesh";
import "@babylonjs/core/Shaders/shadowMap.fragment";
import "@babylonjs/core/Shaders/shadowMap.vertex";
import { VertexBuffer } from "@babylonjs/core/Buffers/buffer";
import { DirectionalLight } from "@babylonjs/core/Lights/directionalLight";
import { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Matrix, Vector3 } from "@babylonjs/core/Maths/math.vector";
import { CreateGround } from "@babylonjs/core/Meshes/Builders/groundBuilder";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import type { Daylight, Price } from "./daylight";
import type { Level } from "./detail";
import { DAY, type Sky } from "./environment";
import type { Lamps } from "./lamps";
import { PLAIN_COLOR } from "./looks";
import { SKY_NAME, SkyDome } from "./sky_dome";
import { unit } from "./skylight";
import type { Surfaces } from "./surfaces";

/** Half the edge of the square around the viewer that has shadows, metres. */
const SHADOW_REACH_M = 20;
/** The square follows when the viewer is this far from its middle, metres. */
const SHADOW_FOLLOW_M = 4;
/** How far the sun's picture is taken from the square's middle, metres; as far behind it shadows still fall. */
const SUN_AWAY_M = 60;
/** Pixels of the shadow map: fine, and for machines that must save. */
const SHADOW_MAP_PX = { fine: 2_048, coarse: 1_024 } as const;
/** How far a surface is pushed along its normal before it asks whether it is in shade, pixels of the map: less shows stripes, more loosens feet from their shadows. */
const NORMAL_BIAS_PX = 1.3;
/** Depth by which a surface must be behind another; a low sun needs more. */
const BIAS = { high: 0.0012, low: 0.003 } as const;
/** The sun counts as low under this height: sine of it. */
const LOW_SUN = 0.4;
/** Edge of the plain, metres: beyond the haze. */
const PLAIN_EDGE_M = 1_600;
/** The plain lies this much lower than 0, metres, so that a ground at 0 does not flicker in it. */
const PLAIN_DROP_M = 0.012;
/**
 * Tiles along an edge of the plain: a processor's depth is inexact on larger ones, and prints on the ground vanish in it. An odd
 * number: a corner exactly beside an eye that looks along an axis is drawn by processors as if the ground came up to the knees.
 */
const PLAIN_TILES = 21;
const PLAIN_NAME = "plain";

export class Outdoors {
  readonly #daylight: Daylight;
  readonly #sun: DirectionalLight;
  readonly #dome: SkyDome;
  readonly #plain: Mesh;
  readonly #middle = new Vector3(Infinity, 0, 0);
  readonly #casters = new Set<AbstractMesh>();
  /** Made when shadows are first wanted: machines that cannot afford them pay nothing. */
  #shadows: ShadowGenerator | undefined;
  #level: Level | undefined;
  #sky: Sky = DAY;
  /** What the surfaces were last told. */
  #said: { readonly sky?: Sky; readonly sun?: boolean; readonly ambient?: boolean; readonly price?: Price } = {};

  constructor(scene: Scene, surfaces: Surfaces) {
    this.#daylight = surfaces.daylight;
    this.#sun = newSun(scene);
    this.#dome = new SkyDome(scene);
    this.#plain = newPlain(scene, surfaces);
    // What covers most comes last: under things the plain and the sky are never painted.
    scene.setRenderingOrder(0, (a, b) => backdropRank(a.getMesh()) - backdropRank(b.getMesh()));
  }

  get sky(): Sky {
    return this.#sky;
  }

  /** Takes over a sky; `lamps` may bring a sun or a sky light of the room's own. */
  paint(sky: Sky, lamps: Lamps): void {
    this.#sky = sky;
    this.#dome.paint(sky, sky.plain);
    this.lightUp(lamps);
  }

  /** Sun and sky shine unless the room brings its own. */
  lightUp(lamps: Lamps): void {
    const sky = this.#sky;
    const [sun, ambient] = [!lamps.has("directional"), !lamps.has("hemispheric")];
    const said = this.#said;
    if (said.sky === sky && said.sun === sun && said.ambient === ambient && said.price === this.#daylight.price) return;
    this.#said = { sky, sun, ambient, price: this.#daylight.price };
    this.#daylight.shine(sky, sun, ambient);
    this.#sun.direction.fromArray(unit(sky.sun_along));
    this.#sun.diffuse.fromArray(sky.sun_light);
    this.#sun.specular = this.#sun.diffuse;
    this.#sun.setEnabled(sun && this.#daylight.price === "pixel");
    if (this.#shadows !== undefined) this.#shadows.bias = biasUnder(sky);
    this.#middle.setAll(Infinity);
  }

  /** A mesh that throws shadows, once there are some. */
  addCaster(mesh: AbstractMesh): void {
    this.#casters.add(mesh);
    this.#shadows?.addShadowCaster(mesh, false);
  }

  removeCaster(mesh: AbstractMesh): void {
    this.#casters.delete(mesh);
    this.#shadows?.removeShadowCaster(mesh, false);
  }

  setDetail(level: Level, lamps: Lamps): void {
    const before = this.#level;
    this.#level = level;
    if (before?.light !== level.light) {
      this.#daylight.price = level.light;
      this.#dome.price = level.light;
      this.lightUp(lamps);
    }
    if (level.shadows === "none") {
      this.#sun.shadowEnabled = false;
      return;
    }
    this.#sun.shadowEnabled = true;
    if (this.#shadows === undefined || before?.shadow_map !== level.shadow_map) this.#renewShadows(level.shadow_map);
    this.redrawShadows();
  }

  /** Something moved: the shadows are drawn again in the next picture. */
  redrawShadows(): void {
    const map = this.#shadows?.getShadowMap();
    if (map) map.refreshRate = 0;
  }

  /** Has sky, plain and shadows around the eye. */
  follow(x: number, y: number, z: number, plain: boolean): void {
    // The plain goes along, in whole metres; its lines stay where they are.
    this.#plain.position.set(Math.round(x), -PLAIN_DROP_M, Math.round(z));
    this.#plain.setEnabled(plain);
    const middle = this.#middle;
    const apart = Math.hypot(x - middle.x, z - middle.z);
    if (apart < SHADOW_FOLLOW_M && Math.abs(y - middle.y) < SHADOW_REACH_M) return;
    middle.set(Math.round(x / SHADOW_FOLLOW_M) * SHADOW_FOLLOW_M, y, Math.round(z / SHADOW_FOLLOW_M) * SHADOW_FOLLOW_M);
    const { direction, position } = this.#sun;
    position.copyFrom(direction).scaleInPlace(-SUN_AWAY_M).addInPlace(middle);
    this.redrawShadows();
  }

  #renewShadows(size: keyof typeof SHADOW_MAP_PX): void {
    this.#shadows?.dispose();
    const edge_px = SHADOW_MAP_PX[size];
    const shadows = new ShadowGenerator(edge_px, this.#sun);
    shadows.usePercentageCloserFiltering = true;
    shadows.filteringQuality = size === "fine" ? ShadowGenerator.QUALITY_HIGH : ShadowGenerator.QUALITY_MEDIUM;
    shadows.bias = biasUnder(this.#sky);
    // Babylon's is in metres.
    shadows.normalBias = (NORMAL_BIAS_PX * 2 * SHADOW_REACH_M) / edge_px;
    shadows.darkness = 0;
    // The edge of the square with shadows is not seen as an edge.
    shadows.frustumEdgeFalloff = 0.15;
    for (const mesh of this.#casters) shadows.addShadowCaster(mesh, false);
    this.#shadows = shadows;
  }
}

function biasUnder(sky: Sky): number {
  return -unit(sky.sun_along)[1] < LOW_SUN ? BIAS.low : BIAS.high;
}

/** Things before the plain before the sky. */
function backdropRank(mesh: AbstractMesh): number {
  if (mesh.name === SKY_NAME) return 2;
  return mesh.name === PLAIN_NAME ? 1 : 0;
}

function newSun(scene: Scene): DirectionalLight {
  const sun = new DirectionalLight("sun", Vector3.FromArray(DAY.sun_along).normalize(), scene);
  sun.diffuse = Color3.White();
  sun.autoUpdateExtends = false;
  sun.autoCalcShadowZBounds = false;
  sun.orthoLeft = sun.orthoBottom = -SHADOW_REACH_M;
  sun.orthoRight = sun.orthoTop = SHADOW_REACH_M;
  sun.shadowMinZ = 0;
  sun.shadowMaxZ = 2 * SUN_AWAY_M;
  return sun;
}

function newPlain(scene: Scene, surfaces: Surfaces): Mesh {
  const plain = CreateGround(PLAIN_NAME, { width: PLAIN_EDGE_M, height: PLAIN_EDGE_M, subdivisions: PLAIN_TILES }, scene);
  plain.material = surfaces.material({ grid: true, glow: 0, gloss: 0, wide: true }, false);
  // One instance of itself: the shader is that of the room's own floors, and one less to make for the first picture.
  plain.doNotSyncBoundingInfo = true;
  plain.thinInstanceSetBuffer("matrix", Float32Array.from(Matrix.IdentityReadOnly.m), 16);
  plain.thinInstanceSetBuffer(VertexBuffer.ColorKind, Float32Array.of(...PLAIN_COLOR, 1), 4);
  plain.receiveShadows = true;
  plain.isPickable = false;
  plain.alwaysSelectAsActiveMesh = true;
  return plain;
}
