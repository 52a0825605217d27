/**
 * The stage: engine, camera, light, sky, plain; and everything that stands on it. The one door to Babylon.
 *
 * Owns where the visitor is in it (`rig`), what a frame costs (`setDetail`) and how a place on the screen becomes a ray.
 * Must not know core, people, keys, headsets.
 */
import "@babylonjs/core/Engines/Extensions/engine.dynamicTexture";
import "@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent";
import "@babylonjs/core/Shaders/shadowMap.fragment";
import "@babylonjs/core/Shaders/shadowMap.vertex";
import type { Camera } from "@babylonjs/core/Cameras/camera";
import { TargetCamera } from "@babylonjs/core/Cameras/targetCamera";
import { Engine } from "@babylonjs/core/Engines/engine";
import { DirectionalLight } from "@babylonjs/core/Lights/directionalLight";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight";
import { ShadowGenerator } from "@babylonjs/core/Lights/Shadows/shadowGenerator";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import { Color3, Color4 } from "@babylonjs/core/Maths/math.color";
import { Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector";
import { CreateGround } from "@babylonjs/core/Meshes/Builders/groundBuilder";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import { Scene } from "@babylonjs/core/scene";
import type { PanelFacts } from "../core/debug";
import type { Batch } from "./batch";
import { Crowd } from "./crowd";
import { LEVELS, type Level } from "./detail";
import {
  BOUNCE_COLOR,
  DAY,
  SKY_INTENSITY,
  SKY_LIGHT_COLOR,
  SUN_COLOR,
  SUN_DIRECTION,
  SUN_INTENSITY,
  type Sky,
} from "./environment";
import { GridLines } from "./grid";
import { type Dragged, Handles } from "./handles";
import { Lamps } from "./lamps";
import { PLAIN_COLOR } from "./looks";
import { Outline } from "./marks";
import type { Vector } from "./matrix";
import { Props } from "./props";
import { Rest, LastSeen } from "./rest";
import { PLACE_FLOATS, Rig } from "./rig";
import { paint } from "./shapes";
import { SKY_NAME, SkyDome } from "./sky_dome";
import { Solids } from "./solids";
import { Surfaces } from "./surfaces";
import { tagReach } from "./tag_sight";
import { Tags } from "./tags";
import { Texts } from "./texts";
import { ViewCone } from "./view_cone";

/** Vertical field of view, radians. */
const FIELD_OF_VIEW = 1.05;
/** Nearest and farthest that is drawn, metres. */
export const NEAR_M = 0.06;
export const FAR_M = 2_000;
/** Finest drawing, screen pixels per CSS pixel: beyond it nobody sees a difference but the battery. */
const PIXEL_RATIO_MAX = 2;
/** Pictures at most this high, CSS pixels, are never drawn coarser: there is nothing to gain. */
const COARSE_FROM_PX = 420;
const SHADOW_MAP_PX = 1_024;
/** Half the edge of the square around the viewer that has shadows, metres. */
const SHADOW_REACH_M = 22;
/** The square follows when the viewer is this far from its middle, metres. */
const SHADOW_FOLLOW_M = 4;
/** Edge of the plain, metres: beyond the haze. */
const PLAIN_EDGE_M = 800;
/** The plain lies this much lower than 0, metres, so that a ground at 0 does not flicker in it. */
const PLAIN_DROP_M = 0.012;
/** Names of renderers that use no graphics card. */
const SOFTWARE_RENDERERS = /swiftshader|llvmpipe|softpipe|basic render|software/i;
/** A floor is looked for this far under a place, metres. */
const FLOOR_DEPTH_M = 8;
/** A floor deeper than this makes the plain go, metres. */
const PLAIN_COVERS_M = 0.2;
const PLAIN_NAME = "plain";
/** The accent colour of the interface, for what is selected. */
const SELECTED_COLOR: Vector = [1, 0.698, 0.141];
const POINTED_COLOR: Vector = [1, 1, 1];

/** A place on the canvas and what lies behind it. */
export interface Sight {
  readonly origin: Vector;
  readonly direction: Vector;
}

/** What shows the room in place of the page: its camera, which stands on the rig's floor, and its clock. */
export interface Presenter {
  readonly camera: Camera;
  /** The time of the frame that is being made, on the clock of `performance.now()`, milliseconds. */
  now_ms(): number;
}

export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly props: Props;
  readonly solids = new Solids();
  readonly crowd: Crowd;
  readonly tags: Tags;
  /** Where the visitor stands, and what of them is tracked. */
  readonly rig = new Rig();
  /** What the eye can see. */
  readonly view = new ViewCone();
  readonly lamps: Lamps;
  readonly selected: Outline;
  readonly pointed: Outline;
  /** True when pictures are computed by the processor: no graphics card, or none the browser may use. */
  readonly isSoftware: boolean;
  readonly #engine: Engine;
  readonly #scene: Scene;
  /** The rig's floor; cameras stand on it. */
  readonly #floor: TransformNode;
  readonly #camera: TargetCamera;
  /** How the camera is turned on the floor. */
  readonly #turn = Quaternion.Identity();
  /** The visitor's head in the room. */
  readonly #head = new Float32Array(PLACE_FLOATS);
  readonly #rest = new Rest();
  readonly #eyes = new LastSeen();
  readonly #eye_numbers = new Float32Array(4 + PLACE_FLOATS);
  /** Pictures that were drawn. */
  drawn = 0;
  /** What a headset's panels show; for tests and the curious. */
  panels: () => readonly PanelFacts[] = () => [];
  readonly #sun: DirectionalLight;
  readonly #sky_light: HemisphericLight;
  readonly #shadows: ShadowGenerator;
  readonly #dome: SkyDome;
  readonly #plain: Mesh;
  readonly #shadow_middle = new Vector3(Infinity, 0, 0);
  #level: Level = LEVELS[0];
  #sky: Sky = DAY;
  #presenter: Presenter | undefined;

  /** Throws when the browser gives no WebGL 2. */
  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    // Smooth edges cost a processor half of its pictures and a graphics card nothing.
    this.isSoftware = drawsInSoftware();
    const options = { stencil: false, powerPreference: "high-performance", audioEngine: false } as const;
    this.#engine = new Engine(canvas, !this.isSoftware, options);
    // The view is driven by keys of the whole page; a focusable canvas would come first in the tab order.
    this.#engine.canvasTabIndex = -1;
    if (this.#engine.webGLVersion < 2) throw new Error("WebGL 2 is not available");
    this.#scene = newScene(this.#engine);
    this.#floor = new TransformNode("floor", this.#scene);
    this.#camera = newCamera(this.#scene, this.#floor, this.#turn);
    this.#sun = newSun(this.#scene);
    this.#sky_light = newSkyLight(this.#scene);
    this.#shadows = newShadows(this.#sun);
    this.#dome = new SkyDome(this.#scene);
    this.#plain = newPlain(this.#scene);
    const surfaces = new Surfaces(this.#scene);
    const onBatch = (batch: Batch, casts: boolean) => {
      if (casts) this.#shadows.addShadowCaster(batch.mesh, false);
    };
    this.lamps = new Lamps(this.#scene);
    this.props = new Props(this.#scene, surfaces, new Texts(this.#scene), this.lamps, this.solids, onBatch);
    const floorUnder = (x: number, y: number, z: number) => this.floorUnder(x, y, z);
    this.crowd = new Crowd(this.#scene, surfaces, this.view, floorUnder, (mesh) => this.#shadows.addShadowCaster(mesh, false));
    this.tags = new Tags(this.#scene, this.view);
    this.selected = new Outline(this.#scene, SELECTED_COLOR, 1);
    this.pointed = new Outline(this.#scene, POINTED_COLOR, 0.55);
    this.paintSky(DAY);
    this.resize();
  }

  /** Handles for build mode; they take part in the stage's pointer events. */
  newHandles(dragged: Dragged): Handles {
    return new Handles(this.#scene, dragged);
  }

  get fps(): number {
    return this.#engine.getFps();
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** Where cameras stand. */
  get floor(): TransformNode {
    return this.#floor;
  }

  /** True while something else than the page shows the room. */
  get presented(): boolean {
    return this.#presenter !== undefined;
  }

  /** Lets something else than the page show the room; undefined gives it back to the page. */
  present(presenter: Presenter | undefined): void {
    this.#presenter = presenter;
    this.#scene.activeCamera = presenter?.camera ?? this.#camera;
    if (presenter === undefined) this.rig.release();
  }

  /** What is seen is not as it was: pictures are drawn again. */
  stir(): void {
    this.#rest.stir();
  }

  /** Somebody breathes: pictures are drawn now and then. */
  murmur(): void {
    this.#rest.murmur();
  }

  /**
   * Calls `frame` with its time before every picture until the returned function is called. Who shows the room sets the
   * pace: the page or a headset. While nothing stirs no picture is drawn. `onDrawn` is told how long handing the picture to
   * the card took the processor, milliseconds.
   */
  run(frame: (now_ms: number) => void, onDrawn: (render_ms: number) => void): () => void {
    const loop = () => {
      if (this.rig.tracked) this.#aim();
      frame(this.#presenter?.now_ms() ?? performance.now());
      const from_ms = performance.now();
      if (this.presented || this.#eyes.differs(this.#where())) this.stir();
      if (!this.#rest.draws(from_ms)) return;
      this.drawn += 1;
      this.#render();
      onDrawn(performance.now() - from_ms);
    };
    this.#engine.runRenderLoop(loop);
    return () => this.#engine.stopRenderLoop(loop);
  }

  /**
   * Puts the floor under the visitor somewhere. Their head goes along: where it is tracked, else at a height above the
   * floor, metres, and at a pitch, radians (positive looks down).
   */
  stand(x: number, y: number, z: number, yaw: number, height_m: number, pitch: number): void {
    this.rig.stand(x, y, z, yaw);
    this.rig.hold(height_m, pitch);
    this.#aim();
  }

  /** Width over height of the picture. */
  get aspect(): number {
    return this.#engine.getAspectRatio(this.#camera);
  }

  get eye(): Vector {
    const { x, y, z } = this.view;
    return [x, y, z];
  }

  /** The ray through a place on the canvas, CSS pixels from its top left. */
  sight(x: number, y: number): Sight {
    const ray = this.#scene.createPickingRay(x, y, null, this.#camera);
    const { origin, direction } = ray;
    return { origin: [origin.x, origin.y, origin.z], direction: [direction.x, direction.y, direction.z] };
  }

  paintSky(sky: Sky): void {
    this.stir();
    this.#sky = sky;
    this.#dome.paint(sky);
    this.#scene.fogColor = Color3.FromArray(sky.horizon);
    this.#scene.fogStart = sky.haze[0];
    this.#scene.fogEnd = sky.haze[1];
    this.lightUp();
  }

  /** Sun and sky shine unless the room brings its own. */
  lightUp(): void {
    this.stir();
    this.#sun.intensity = this.lamps.has("directional") ? 0 : SUN_INTENSITY * this.#sky.light;
    this.#sky_light.intensity = this.lamps.has("hemispheric") ? 0 : SKY_INTENSITY * this.#sky.light;
    this.#sun.setEnabled(this.#sun.intensity > 0);
    this.#sky_light.setEnabled(this.#sky_light.intensity > 0);
  }

  /**
   * Whether the plain at height 0 lies under the room: it does unless the room's sky says otherwise or a floor of the
   * room lies lower, which the plain would cover.
   */
  get hasPlain(): boolean {
    return this.#sky.plain && this.props.lowestFloor > -PLAIN_COVERS_M;
  }

  /** Height of what carries people under a place, metres; -Infinity where nothing does. */
  floorUnder(x: number, y: number, z: number): number {
    this.solids.gather(x, z, 0);
    return Math.max(this.solids.floorUnder(x, y, z, FLOOR_DEPTH_M), this.hasPlain && y > 0 ? 0 : -Infinity);
  }

  setDetail(level: Level): void {
    this.stir();
    const before = this.#level;
    this.#level = level;
    this.#sun.shadowEnabled = level.shadows !== "none";
    this.crowd.shadows = level.shadows !== "none";
    this.crowd.lods.share = level.figures;
    this.redrawShadows();
    if (before.scaling !== level.scaling) this.resize();
  }

  resize(): void {
    this.stir();
    // A headset has a picture of its own; the page's is seen to when it returns.
    if (this.presented) return;
    const ratio = Math.min(PIXEL_RATIO_MAX, window.devicePixelRatio || 1);
    const coarse = this.canvas.clientHeight > COARSE_FROM_PX ? this.#level.scaling : 1;
    this.#engine.setHardwareScalingLevel(coarse / ratio);
    this.#engine.resize(true);
    this.view.open(FIELD_OF_VIEW, this.aspect);
    this.tags.reach_m = tagReach(this.canvas.clientHeight, FIELD_OF_VIEW);
  }

  /** Something moved: the shadows are drawn again in the next picture. */
  redrawShadows(): void {
    const map = this.#shadows.getShadowMap();
    if (map !== null) map.refreshRate = 0;
  }

  dispose(): void {
    this.#engine.stopRenderLoop();
    this.#scene.dispose();
    this.#engine.dispose();
  }

  #aim(): void {
    this.view.look(this.rig.toRoom(this.rig.head, this.#head));
  }

  #render(): void {
    const { rig } = this;
    this.#floor.position.set(rig.x, rig.y, rig.z);
    this.#floor.rotation.y = rig.yaw;
    this.#camera.position.fromArray(rig.head);
    this.#turn.fromArray(rig.head, 3);
    const { x, y, z } = this.view;
    // The plain goes along, in whole metres; its lines stay where they are.
    this.#plain.position.set(Math.round(x), -PLAIN_DROP_M, Math.round(z));
    this.#plain.setEnabled(this.hasPlain);
    this.#followWithShadows(x, y, z);
    const changed = this.props.upload();
    const alive = this.#level.shadows === "live" && this.crowd.drawn > 0;
    if (changed || alive) this.redrawShadows();
    this.#scene.render();
  }

  /** From where the room is seen, in numbers. */
  #where(): Float32Array {
    const { rig } = this;
    this.#eye_numbers.set([rig.x, rig.y, rig.z, rig.yaw]);
    this.#eye_numbers.set(rig.head, 4);
    return this.#eye_numbers;
  }

  #followWithShadows(x: number, y: number, z: number): void {
    const apart = Math.hypot(x - this.#shadow_middle.x, z - this.#shadow_middle.z);
    if (apart < SHADOW_FOLLOW_M && Math.abs(y - this.#shadow_middle.y) < SHADOW_REACH_M) return;
    this.#shadow_middle.set(x, y, z);
    const back = Vector3.FromArray(SUN_DIRECTION).normalize().scale(-2 * SHADOW_REACH_M);
    this.#sun.position.copyFrom(this.#shadow_middle).addInPlace(back);
    this.redrawShadows();
  }
}

/** A canvas of its own that is asked for the renderer, since the answer is needed before the stage's canvas is set up. */
let probe: WebGL2RenderingContext | null | undefined;

/** Lets the browser get its graphics going while other things load; the stage is there sooner. */
export function warmUpGraphics(): void {
  probe ??= document.createElement("canvas").getContext("webgl2");
}

function drawsInSoftware(): boolean {
  warmUpGraphics();
  const info = probe?.getExtension("WEBGL_debug_renderer_info");
  const renderer = probe && info ? String(probe.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  probe?.getExtension("WEBGL_lose_context")?.loseContext();
  probe = undefined;
  return SOFTWARE_RENDERERS.test(renderer);
}

function newScene(engine: Engine): Scene {
  const scene = new Scene(engine, { useGeometryUniqueIdsMap: true, useMaterialMeshMap: true });
  scene.clearColor = new Color4(0.87, 0.915, 0.955, 1);
  scene.skipPointerMovePicking = true;
  scene.skipPointerDownPicking = true;
  scene.skipPointerUpPicking = true;
  scene.fogMode = Scene.FOGMODE_LINEAR;
  scene.ambientColor = Color3.Black();
  // What covers most comes last: under things the plain and the sky are never painted.
  scene.setRenderingOrder(0, (a, b) => backdropRank(a.getMesh()) - backdropRank(b.getMesh()));
  // A surface is never brighter than its own colour, so there is nothing to map: colours stay what people chose.
  scene.imageProcessingConfiguration.isEnabled = false;
  return scene;
}

/** Things before the plain before the sky. */
function backdropRank(mesh: AbstractMesh): number {
  if (mesh.name === SKY_NAME) return 2;
  return mesh.name === PLAIN_NAME ? 1 : 0;
}

function newCamera(scene: Scene, floor: TransformNode, turn: Quaternion): TargetCamera {
  const camera = new TargetCamera("eye", Vector3.Zero(), scene);
  camera.rotationQuaternion = turn;
  camera.parent = floor;
  camera.fov = FIELD_OF_VIEW;
  camera.minZ = NEAR_M;
  camera.maxZ = FAR_M;
  return camera;
}

function newSun(scene: Scene): DirectionalLight {
  const sun = new DirectionalLight("sun", Vector3.FromArray(SUN_DIRECTION).normalize(), scene);
  sun.diffuse = Color3.FromArray(SUN_COLOR);
  sun.specular = sun.diffuse;
  sun.autoUpdateExtends = false;
  sun.autoCalcShadowZBounds = false;
  sun.orthoLeft = sun.orthoBottom = -SHADOW_REACH_M;
  sun.orthoRight = sun.orthoTop = SHADOW_REACH_M;
  sun.shadowMinZ = 0;
  sun.shadowMaxZ = 4 * SHADOW_REACH_M;
  return sun;
}

function newSkyLight(scene: Scene): HemisphericLight {
  const light = new HemisphericLight("sky", Vector3.Up(), scene);
  light.diffuse = Color3.FromArray(SKY_LIGHT_COLOR);
  light.specular = Color3.Black();
  light.groundColor = Color3.FromArray(BOUNCE_COLOR);
  return light;
}

function newShadows(sun: DirectionalLight): ShadowGenerator {
  const shadows = new ShadowGenerator(SHADOW_MAP_PX, sun);
  shadows.usePercentageCloserFiltering = true;
  shadows.filteringQuality = ShadowGenerator.QUALITY_MEDIUM;
  shadows.bias = 0.0025;
  shadows.normalBias = 0.012;
  shadows.darkness = 0.05;
  // The edge of the square with shadows is not seen as an edge.
  shadows.frustumEdgeFalloff = 0.2;
  return shadows;
}

function newPlain(scene: Scene): Mesh {
  const plain = CreateGround(PLAIN_NAME, { width: PLAIN_EDGE_M, height: PLAIN_EDGE_M }, scene);
  const material = new StandardMaterial(PLAIN_NAME, scene);
  material.specularColor = Color3.Black();
  new GridLines(material, true);
  plain.material = material;
  // As a colour of its corners: a material's own would be lit beyond white.
  paint(plain, ...PLAIN_COLOR);
  plain.receiveShadows = true;
  plain.isPickable = false;
  plain.alwaysSelectAsActiveMesh = true;
  return plain;
}
