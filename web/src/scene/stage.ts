/**
 * The stage: engine, camera, light, sky, plain; and everything that stands on it. The one door to Babylon.
 *
 * Owns where the visitor is in it (`rig`), what a frame costs (`setDetail`) and how a place on the screen becomes a ray.
 * Must not know core, people, keys, headsets.
 */
import "@babylonjs/core/Culling/ray";
import "@babylonjs/core/Engines/Extensions/engine.dynamicTexture";
import type { Camera } from "@babylonjs/core/Cameras/camera";
import { TargetCamera } from "@babylonjs/core/Cameras/targetCamera";
import { Engine } from "@babylonjs/core/Engines/engine";
import { Color3, Color4 } from "@babylonjs/core/Maths/math.color";
import { Quaternion, Vector3 } from "@babylonjs/core/Maths/math.vector";
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import { Scene } from "@babylonjs/core/scene";
import type { PanelFacts } from "../core/debug";
import type { Graphics } from "../core/settings";
import type { Batch } from "./batch";
import { Cards } from "./cards";
import type { ArenaScene } from "./arena/arena";
import { Crowd } from "./crowd";
import { LADDER, type Level, firstLevel } from "./detail";
import { DAY, type Sky } from "./environment";
import type { Dragged } from "./gizmos";
import { GpuClock } from "./gpu_clock";
import { Grounding } from "./grounding";
import { Handles } from "./handles";
import { Lamps } from "./lamps";
import { Outline } from "./marks";
import { Models } from "./models/models";
import type { Vector } from "./matrix";
import { Outdoors } from "./outdoors";
import { GROUND, type OnGround } from "./person/near";
import { Props } from "./props";
import { drawsInSoftware } from "./renderer";
import { LastSeen, MURMUR_MS, Rest } from "./rest";
import { PLACE_FLOATS, Rig } from "./rig";
import { ScreenFaces } from "./screens";
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
/** Headsets show about 20 pixels a degree. */
const HEADSET_PX_PER_RADIAN = 1_150;
/** Pixels of the page for each that a rehearsal draws. */
const REHEARSAL_SCALING = 16;
/** People are rehearsed in this picture: the first few are waited for. */
const PEOPLE_AFTER_PICTURES = 30;
/** A floor is looked for this far under a place, metres. */
const FLOOR_DEPTH_M = 8;
/** A floor deeper than this makes the plain go, metres. */
const PLAIN_COVERS_M = 0.2;
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
  /** What people share. */
  readonly screens: ScreenFaces;
  /** Where the visitor stands, and what of them is tracked. */
  readonly rig = new Rig();
  /** What the eye can see. */
  readonly view = new ViewCone();
  readonly lamps: Lamps;
  readonly models: Models;
  /** What shooters need to be seen; undefined until somebody has loaded it. */
  arena: ArenaScene | undefined;
  #arena_coming: Promise<ArenaScene> | undefined;
  /** Prints on the ground; whoever moves adds theirs anew between the frame's beginning and its picture. */
  readonly cards: Cards;
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
  readonly #rest: Rest;
  readonly #eyes = new LastSeen();
  readonly #eye_numbers = new Float32Array(4 + PLACE_FLOATS);
  /** Pictures that were drawn. */
  drawn = 0;
  /** True lets a frame pass without a picture, so that the display's own pace is seen; a headset is never kept waiting. */
  holds = false;
  /** While true no picture is drawn, nor is the canvas put together with the page: the room has not come yet. */
  #curtain = true;
  #on_first_picture: (() => void) | undefined;
  /** Told when the browser takes its graphics away, and when it gives them back. */
  onGraphics: ((have: boolean) => void) | undefined;
  /** False while the browser has no graphics to draw with. */
  hasGraphics = true;
  /** What a headset's panels show; for tests and the curious. */
  panels: () => readonly PanelFacts[] = () => [];
  readonly #outdoors: Outdoors;
  readonly #surfaces: Surfaces;
  readonly #grounding: Grounding;
  readonly #gpu_clock: GpuClock;
  #level: Level = LADDER[0];
  #presenter: Presenter | undefined;

  /** Throws when the browser gives no WebGL 2. */
  constructor(canvas: HTMLCanvasElement, graphics: Graphics) {
    this.canvas = canvas;
    canvas.style.visibility = "hidden";
    // Smooth edges cost a processor half of its pictures and a graphics card nothing.
    this.isSoftware = drawsInSoftware();
    this.#rest = new Rest(this.isSoftware ? MURMUR_MS.software : MURMUR_MS.card);
    const options = { stencil: false, powerPreference: "high-performance", audioEngine: false } as const;
    this.#engine = new Engine(canvas, !this.isSoftware, options);
    // The view is driven by keys of the whole page; a focusable canvas would come first in the tab order.
    this.#engine.canvasTabIndex = -1;
    const gl = canvas.getContext("webgl2");
    if (gl === null) throw new Error("WebGL 2 is not available");
    this.#gpu_clock = new GpuClock(gl);
    this.#engine.onContextLostObservable.add(() => {
      this.hasGraphics = false;
      this.onGraphics?.(false);
    });
    this.#engine.onContextRestoredObservable.add(() => {
      this.#gpu_clock.forget();
      this.stir();
      this.hasGraphics = true;
      this.onGraphics?.(true);
    });
    this.#scene = newScene(this.#engine);
    this.#floor = new TransformNode("floor", this.#scene);
    this.#camera = newCamera(this.#scene, this.#floor, this.#turn);
    const surfaces = new Surfaces(this.#scene);
    this.#surfaces = surfaces;
    this.#outdoors = new Outdoors(this.#scene, surfaces);
    const onBatch = (batch: Batch, casts: boolean) => {
      if (casts) this.#outdoors.addCaster(batch.mesh);
    };
    this.lamps = new Lamps(this.#scene);
    this.cards = new Cards(this.#scene);
    this.#grounding = new Grounding(this.solids, this.cards);
    this.models = new Models(this.#scene, async () => {
      const { Shelf } = await import("./models/shelf");
      return new Shelf(this.#scene, surfaces.daylight);
    });
    this.models.onChange = () => {
      this.#outdoors.redrawShadows();
      this.stir();
    };
    this.models.onMesh = (mesh) => {
      this.#outdoors.addCaster(mesh);
      mesh.onDisposeObservable.addOnce(() => this.#outdoors.removeCaster(mesh));
    };
    const roundness = this.isSoftware ? "coarse" : "fine";
    this.props = new Props(
      this.#scene,
      surfaces,
      new Texts(this.#scene),
      this.lamps,
      this.models,
      this.solids,
      this.#grounding,
      roundness,
      onBatch,
    );
    const floorUnder = (x: number, y: number, z: number) => this.floorUnder(x, y, z);
    this.crowd = new Crowd(this.#scene, surfaces, this.view, roundness, floorUnder, (mesh) => this.#outdoors.addCaster(mesh));
    this.crowd.onGround = groundedBy(this.cards);
    this.tags = new Tags(this.#scene, this.view);
    this.screens = new ScreenFaces(this.#scene, this.view, this.isSoftware);
    this.selected = new Outline(this.#scene, SELECTED_COLOR, 1);
    this.pointed = new Outline(this.#scene, POINTED_COLOR, 0.55);
    this.setDetail(firstLevel(graphics, this.isSoftware, this.pixels));
    this.paintSky(DAY);
    this.resize();
  }

  /**
   * Draws things of the usual kinds, small and before anybody sees it: their surfaces are ready when a room brings some. Each takes
   * a browser tens of milliseconds, half of them on other threads. What the room says is heard in between; once it `hasCome`,
   * its own things are what is worth waiting for.
   */
  async rehearse(hasCome: () => boolean): Promise<void> {
    this.#aim();
    this.#engine.setHardwareScalingLevel(REHEARSAL_SCALING);
    this.#engine.resize(true);
    const asked = new Set<AbstractMesh>();
    // First sky and plain, which every room has.
    for (let nth = 0, more = true; more && !hasCome(); nth += 1) {
      this.#prepare();
      await this.#askForShaders(asked);
      more = this.props.rehearse(nth);
    }
    this.#render();
    this.#engine.flushFramebuffer();
    await turn();
    this.props.endRehearsal();
    this.resize();
  }

  /** Has shaders made of what the next picture shows, one by one; a picture would ask for all at once. */
  async #askForShaders(asked: Set<AbstractMesh>): Promise<void> {
    for (const mesh of this.#scene.meshes) {
      if (asked.has(mesh) || !mesh.isEnabled() || !mesh.isVisible) continue;
      asked.add(mesh);
      await turn();
      mesh.isReady(true);
    }
  }

  /** Handles for build mode; they take part in the stage's pointer events. */
  newHandles(dragged: Dragged): Handles {
    return new Handles(this.#scene, dragged);
  }

  /** Loads what shooters need to be seen, once. */
  loadArena(): Promise<ArenaScene> {
    this.#arena_coming ??= import("./arena/arena").then(({ ArenaScene }) => {
      const arena = new ArenaScene(this.#scene, this.#surfaces, this.view, this.solids, (mesh) => this.#outdoors.addCaster(mesh));
      arena.onGround = (x, y, z, radius, strength) => this.cards.add(x, y, z, radius, radius, 0, 0.34, strength);
      arena.setDetail(this.#level);
      arena.sprites.paint(this.#outdoors.sky.haze_m);
      this.arena = arena;
      return arena;
    });
    return this.#arena_coming;
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

  /** The room has come: it is drawn from now on; `onFirstPicture` is told of the first. */
  raiseCurtain(onFirstPicture: () => void): void {
    this.#curtain = false;
    this.#on_first_picture = onFirstPicture;
    this.canvas.style.visibility = "";
    this.stir();
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
      this.cards.begin();
      frame(this.#presenter?.now_ms() ?? performance.now());
      const from_ms = performance.now();
      if (this.presented || this.#eyes.differs(this.#where())) this.stir();
      if ((this.holds || this.#curtain) && !this.presented) return;
      if (this.models.alive) this.stir();
      if (!this.#rest.draws(from_ms)) return;
      this.drawn += 1;
      // Before somebody comes: their surface takes a tenth of a second where a processor draws.
      if (this.drawn === PEOPLE_AFTER_PICTURES) this.crowd.rehearse();
      this.#gpu_clock.begin();
      this.#render();
      this.#gpu_clock.end();
      onDrawn(performance.now() - from_ms);
      this.#on_first_picture?.();
      this.#on_first_picture = undefined;
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

  /** Pixels of the page's picture at full resolution. */
  get pixels(): number {
    return this.canvas.clientWidth * this.canvas.clientHeight * pixelRatio() ** 2;
  }

  /** Pixels of the picture for each radian of the view: in a headset those of one eye's display, about. */
  get pixelsPerRadian(): number {
    return this.presented ? HEADSET_PX_PER_RADIAN : (this.canvas.clientHeight * pixelRatio()) / FIELD_OF_VIEW;
  }

  /** What the card worked on one of the last pictures, milliseconds; NaN where it does not tell. */
  takeGpuTime(): number {
    return this.#gpu_clock.take();
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
    this.#outdoors.paint(sky, this.lamps);
    this.cards.paint(sky);
    this.arena?.sprites.paint(sky.haze_m);
  }

  /** Sun and sky shine unless the room brings its own. */
  lightUp(): void {
    this.stir();
    this.#outdoors.lightUp(this.lamps);
  }

  /**
   * Whether the plain at height 0 lies under the room: it does unless the room's sky says otherwise or a floor of the
   * room lies lower, which the plain would cover.
   */
  get hasPlain(): boolean {
    return this.#outdoors.sky.plain && this.props.lowestFloor > -PLAIN_COVERS_M;
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
    this.#outdoors.setDetail(level, this.lamps);
    this.crowd.shadows = level.shadows !== "none";
    this.crowd.lods.share = level.figures;
    this.arena?.setDetail(level);
    if (before.resolution !== level.resolution) this.resize();
  }

  resize(): void {
    this.stir();
    // A headset has a picture of its own; the page's is seen to when it returns.
    if (this.presented) return;
    this.#engine.setHardwareScalingLevel(1 / (pixelRatio() * this.#level.resolution));
    this.#engine.resize(true);
    this.view.open(FIELD_OF_VIEW, this.aspect);
    this.tags.reach_m = tagReach(this.canvas.clientHeight, FIELD_OF_VIEW);
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
    this.#prepare();
    this.#scene.render();
  }

  /** Has everything where the next picture shows it. */
  #prepare(): void {
    const { rig } = this;
    this.#floor.position.set(rig.x, rig.y, rig.z);
    this.#floor.rotation.y = rig.yaw;
    this.#camera.position.fromArray(rig.head);
    this.#turn.fromArray(rig.head, 3);
    const { x, y, z } = this.view;
    this.#outdoors.follow(x, y, z, this.hasPlain);
    this.#grounding.tune(this.#outdoors.sky.sun_along, this.#level.shadows === "none", this.hasPlain);
    this.#grounding.settle();
    if (this.#grounding.unsettled) this.stir();
    this.cards.upload(x, y, z);
    this.arena?.upload(x, y, z);
    // Shadows are thrown into the picture from beside it, too, and a headset sees more than the page.
    const narrow = this.#level.shadows === "none" && !this.presented;
    const changed = this.props.upload(narrow ? this.view : undefined);
    const moving = this.crowd.drawn > 0 || this.arena?.casts === true;
    const alive = this.#level.shadows === "live" && moving;
    if (changed || alive) this.#outdoors.redrawShadows();
    this.#surfaces.shineWith(this.#scene.lights.filter((light) => light.isEnabled()).length);
  }

  /** From where the room is seen, in numbers. */
  #where(): Float32Array {
    const { rig } = this;
    this.#eye_numbers.set([rig.x, rig.y, rig.z, rig.yaw]);
    this.#eye_numbers.set(rig.head, 4);
    return this.#eye_numbers;
  }
}

/** Lets the browser do what else has come; a timer would wait milliseconds longer. */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

function pixelRatio(): number {
  return Math.min(PIXEL_RATIO_MAX, window.devicePixelRatio || 1);
}

/** Shade under feet, under bodies, and under whoever is drawn in one piece. */
function groundedBy(cards: Cards): OnGround {
  return (x, y, z, yaw, kind) => {
    if (kind === GROUND.foot) cards.add(x, y, z, 0.055, 0.115, yaw, 0.05, 0.7);
    else if (kind === GROUND.body) cards.add(x, y, z, 0.16, 0.11, yaw, 0.34, 0.22);
    else cards.add(x, y, z, 0.16, 0.11, yaw, 0.24, 0.5);
  };
}

function newScene(engine: Engine): Scene {
  const scene = new Scene(engine, { useGeometryUniqueIdsMap: true, useMaterialMeshMap: true });
  scene.clearColor = new Color4(0.87, 0.915, 0.955, 1);
  scene.skipPointerMovePicking = true;
  scene.skipPointerDownPicking = true;
  scene.skipPointerUpPicking = true;
  scene.ambientColor = Color3.Black();
  // Materials map their light to colours themselves (`tone.ts`).
  scene.imageProcessingConfiguration.isEnabled = false;
  return scene;
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
