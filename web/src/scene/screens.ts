/**
 * The faces of screens, and the pictures that come on them. A screen is an index with its size; a picture is a stream.
 *
 * Owns meshes, textures and video elements, and lets go of them. Must not know entities, people or where streams come from.
 */
import "@babylonjs/core/Engines/Extensions/engine.videoTexture";
import { DynamicTexture } from "@babylonjs/core/Materials/Textures/dynamicTexture";
import { Texture } from "@babylonjs/core/Materials/Textures/texture";
import { VideoTexture } from "@babylonjs/core/Materials/Textures/videoTexture";
import { Matrix, Quaternion } from "@babylonjs/core/Maths/math.vector";
import { CreatePlane } from "@babylonjs/core/Meshes/Builders/planeBuilder";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import { TransformNode } from "@babylonjs/core/Meshes/transformNode";
import type { Scene } from "@babylonjs/core/scene";
import type { Vector } from "./matrix";
import { drawFace, faceSize, pictureOn } from "./screen_face";
import { unlit } from "./surfaces";
import type { ViewCone } from "./view_cone";

/** Screens of a room that have a face, each a texture of 2.5 MiB; further ones are plain panels. */
export const FACES_MAX = 64;
/** A face lies so far before its panel, metres, and a picture so far before its face: nothing flickers from across a plaza. */
const FACE_BEFORE_M = 0.006;
const PICTURE_BEFORE_M = 0.006;
/** Where a processor draws, a picture is changed at most so often, milliseconds: each change is a picture of the whole room. */
const SOFTWARE_EVERY_MS = 100;

/** What a screen is, as far as its face goes. */
export interface FaceLook {
  /** Its panel as it stands in the room, metres. */
  readonly size: Vector;
  /** By how much its matrix stretches it: faces are drawn as large as they are, so that no letter and no picture is stretched. */
  readonly scale: Vector;
  /** Who shares onto it; null for nobody. */
  readonly sharer: string | null;
}

export class ScreenFaces {
  readonly #scene: Scene;
  readonly #view: ViewCone;
  readonly #every_ms: number;
  readonly #faces = new Map<number, Face>();

  constructor(scene: Scene, view: ViewCone, software: boolean) {
    this.#scene = scene;
    this.#view = view;
    this.#every_ms = software ? SOFTWARE_EVERY_MS : 0;
  }

  put(index: number, look: FaceLook): void {
    const known = this.#faces.get(index);
    if (known?.fits(look) === true) return known.tell(look.sharer);
    const stream = known?.stream;
    this.remove(index);
    if (this.#faces.size >= FACES_MAX) return;
    const face = new Face(this.#scene, look);
    this.#faces.set(index, face);
    if (stream !== undefined) face.show(stream);
  }

  /** Puts a face where its panel is. */
  move(index: number, source: Float32Array, from: number): void {
    this.#faces.get(index)?.move(source, from);
  }

  /** Shows a stream, or nothing. */
  show(index: number, stream: MediaStream | undefined): void {
    this.#faces.get(index)?.show(stream);
  }

  remove(index: number): void {
    this.#faces.get(index)?.dispose();
    this.#faces.delete(index);
  }

  /** Takes over the pictures that have come, of screens in the picture or `everywhere`; true when what is seen has changed. */
  update(now_ms: number, everywhere: boolean): boolean {
    let changed = false;
    for (const face of this.#faces.values()) {
      if (!face.waits(now_ms, this.#every_ms) || !(everywhere || face.isIn(this.#view))) continue;
      face.update(now_ms);
      changed = true;
    }
    return changed;
  }

  /** Width and height of the picture that a screen shows, pixels; undefined while it shows none. */
  pictured(index: number): readonly [number, number] | undefined {
    return this.#faces.get(index)?.pictured;
  }

  dispose(): void {
    for (const index of [...this.#faces.keys()]) this.remove(index);
  }
}

class Face {
  readonly #scene: Scene;
  readonly #look: FaceLook;
  readonly #node: TransformNode;
  readonly #ground: Mesh;
  readonly #texture: DynamicTexture;
  readonly #matrix = new Matrix();
  #sharer: string | null;
  #picture: Picture | undefined;

  constructor(scene: Scene, look: FaceLook) {
    this.#scene = scene;
    this.#look = look;
    this.#sharer = look.sharer;
    const [width, height, depth] = look.size;
    this.#node = new TransformNode("screen", scene);
    this.#node.rotationQuaternion = Quaternion.Identity();
    this.#texture = new DynamicTexture("screen face", faceSize(width, height), scene, true);
    this.#texture.anisotropicFilteringLevel = 8;
    this.#texture.wrapU = this.#texture.wrapV = Texture.CLAMP_ADDRESSMODE;
    this.#ground = planeOf(scene, this.#texture, this.#node);
    this.#ground.scaling.set(width, height, 1);
    this.#ground.position.z = -depth / 2 - FACE_BEFORE_M;
    drawFace(this.#texture, look.sharer);
  }

  get stream(): MediaStream | undefined {
    return this.#picture?.stream;
  }

  get pictured(): readonly [number, number] | undefined {
    return this.#picture?.pictured;
  }

  /** Whether it is as large as a screen of this look. */
  fits({ size, scale }: FaceLook): boolean {
    return size.every((part, axis) => part === this.#look.size[axis] && scale[axis] === this.#look.scale[axis]);
  }

  tell(sharer: string | null): void {
    if (sharer === this.#sharer) return;
    this.#sharer = sharer;
    drawFace(this.#texture, sharer);
  }

  move(source: Float32Array, from: number): void {
    Matrix.FromArrayToRef(source, from, this.#matrix);
    const { scaling, rotationQuaternion, position } = this.#node;
    this.#matrix.decompose(scaling, rotationQuaternion ?? undefined, position);
    const [x, y, z] = this.#look.scale;
    scaling.set(scaling.x / x, scaling.y / y, scaling.z / z);
  }

  show(stream: MediaStream | undefined): void {
    if (stream === this.#picture?.stream) return;
    this.#picture?.dispose();
    this.#picture = stream === undefined ? undefined : new Picture(this.#scene, this.#node, stream);
  }

  /** Whether a new picture has come, and it is time for one. */
  waits(now_ms: number, every_ms: number): boolean {
    return this.#picture?.waits(now_ms, every_ms) === true;
  }

  isIn(view: ViewCone): boolean {
    const [width, height] = this.#look.size;
    const { position, scaling } = this.#node;
    view.aim(position.x, position.y, position.z);
    return view.sees((Math.hypot(width, height) / 2) * Math.max(Math.abs(scaling.x), Math.abs(scaling.y)));
  }

  update(now_ms: number): void {
    const picture = this.#picture;
    if (picture === undefined) return;
    const [width, height, depth] = this.#look.size;
    picture.take(now_ms);
    const [across, down] = picture.pictured ?? [16, 9];
    const spread = pictureOn(width, height, across / down);
    picture.plane.position.set(spread.x, spread.y, -depth / 2 - FACE_BEFORE_M - PICTURE_BEFORE_M);
    picture.plane.scaling.set(spread.width, spread.height, 1);
  }

  dispose(): void {
    this.#picture?.dispose();
    this.#ground.dispose(false, true);
    this.#node.dispose();
  }
}

/** A stream that is played, and the texture that has its newest picture. */
class Picture {
  readonly stream: MediaStream;
  readonly plane: Mesh;
  readonly #video: HTMLVideoElement;
  readonly #texture: VideoTexture;
  #has_new = false;
  #taken_ms = -Infinity;
  #handle: number | undefined;

  constructor(scene: Scene, node: TransformNode, stream: MediaStream) {
    this.stream = stream;
    this.#video = newVideo(stream);
    const settings = { autoPlay: false, autoUpdateTexture: false, independentVideoSource: true } as const;
    this.#texture = new VideoTexture("screen picture", this.#video, scene, false, false, Texture.BILINEAR_SAMPLINGMODE, settings);
    this.#texture.wrapU = this.#texture.wrapV = Texture.CLAMP_ADDRESSMODE;
    this.plane = planeOf(scene, this.#texture, node);
    // Until the first picture has come there is the black of the face.
    this.plane.isVisible = false;
    this.#await();
  }

  get pictured(): readonly [number, number] | undefined {
    const { videoWidth, videoHeight } = this.#video;
    return this.plane.isVisible && videoWidth > 0 && videoHeight > 0 ? [videoWidth, videoHeight] : undefined;
  }

  /** Whether a new picture has come, and it is time for one. */
  waits(now_ms: number, every_ms: number): boolean {
    return this.#has_new && now_ms - this.#taken_ms >= every_ms;
  }

  take(now_ms: number): void {
    this.#has_new = false;
    this.#taken_ms = now_ms;
    this.#texture.updateTexture(true);
    this.plane.isVisible = this.#video.videoWidth > 0;
  }

  dispose(): void {
    if (this.#handle !== undefined) this.#video.cancelVideoFrameCallback(this.#handle);
    this.#video.ontimeupdate = null;
    this.plane.dispose(false, true);
    this.#video.pause();
    this.#video.srcObject = null;
  }

  #await(): void {
    // A browser that does not tell of pictures tells of time.
    if (this.#video.requestVideoFrameCallback === undefined) {
      this.#video.ontimeupdate = () => (this.#has_new = true);
      return;
    }
    this.#handle = this.#video.requestVideoFrameCallback(() => {
      this.#has_new = true;
      this.#await();
    });
  }
}

/** A plane of one metre, read from where its panel's front is: it looks along -Z. */
function planeOf(scene: Scene, texture: Texture, parent: TransformNode): Mesh {
  const plane = CreatePlane("screen", { size: 1 }, scene);
  const material = unlit("screen", scene);
  material.diffuseTexture = texture;
  plane.material = material;
  plane.parent = parent;
  plane.isPickable = false;
  return plane;
}

/** Muted, it needs nobody's leave to play. */
function newVideo(stream: MediaStream): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  void video.play().catch(() => undefined);
  return video;
}
