/**
 * Contact: soft dark prints on the ground under whatever stands there, all in one draw call. This does more for a picture
 * than any other single step, and costs a processor little.
 *
 *     cards.begin();                                                            // each frame
 *     cards.add(x, floor_y, z, half_w, half_d, yaw, softness, strength);        // for whoever moves: people, feet
 *     cards.upload(eye_x, eye_y, eye_z);
 *
 * What stands still is written once, between `beginStanding` and `endStanding`. Must not know what casts them.
 */
import { Buffer } from "@babylonjs/core/Buffers/buffer";
import { ShaderStore } from "@babylonjs/core/Engines/shaderStore";
import { ShaderMaterial } from "@babylonjs/core/Materials/shaderMaterial";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import type { Scene } from "@babylonjs/core/scene";
import type { Sky } from "./environment";

/** Numbers of a card: place and turn, half its footprint, softness and strength, corner and fade. */
const FLOATS = 10;
const CARDS_MIN = 128;
/** Height of a card above its ground, metres: enough not to flicker in it. */
const LIFT_M = 0.006;
const NAME = "thexrContact";

ShaderStore.ShadersStore[`${NAME}VertexShader`] = `
precision highp float;
attribute vec3 position;
attribute vec4 place;
attribute vec4 footprint;
attribute vec2 manner;
uniform mat4 viewProjection;
uniform vec3 eye;
uniform float haze_m;
varying vec2 vAt;
varying vec2 vHalf;
varying vec4 vHow;
void main(void) {
  vHalf = footprint.xy;
  vAt = position.xz * (footprint.xy + footprint.z);
  float sine = sin(place.w);
  float cosine = cos(place.w);
  vec3 at = place.xyz + vec3(cosine * vAt.x + sine * vAt.y, ${LIFT_M}, cosine * vAt.y - sine * vAt.x);
  float through = exp(-pow(distance(eye, at) / haze_m, 1.6));
  vHow = vec4(footprint.z, manner.x, footprint.w * through, manner.y);
  gl_Position = viewProjection * vec4(at, 1.0);
  gl_Position.z -= 6e-5 * gl_Position.w;
}
`;

ShaderStore.ShadersStore[`${NAME}FragmentShader`] = `
precision highp float;
uniform vec3 ink;
varying vec2 vAt;
varying vec2 vHalf;
varying vec4 vHow;
void main(void) {
  vec2 out_by = abs(vAt) - (vHalf - vHow.y);
  float away = max(0.0, length(max(out_by, 0.0)) + min(max(out_by.x, out_by.y), 0.0) - vHow.y);
  float dark = 1.0 - min(1.0, away / vHow.x);
  dark *= dark * vHow.z;
  if (vHow.w > 0.0) dark *= 1.0 - smoothstep(1.0 - vHow.w, 1.0, (vAt.y + vHalf.y) / (2.0 * vHalf.y));
  gl_FragColor = vec4(ink, dark);
}
`;

export class Cards {
  readonly #scene: Scene;
  readonly #mesh: Mesh;
  readonly #material: ShaderMaterial;
  readonly #eye = new Vector3();
  #numbers = new Float32Array(CARDS_MIN * FLOATS);
  #buffer: Buffer | undefined;
  #buffered: Float32Array | undefined;
  #count = 0;
  /** The first cards are of what stands still. */
  #standing = 0;
  #stale = false;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#mesh = newQuad(scene);
    this.#material = new ShaderMaterial(NAME, scene, NAME, {
      attributes: ["position", "place", "footprint", "manner"],
      uniforms: ["viewProjection", "eye", "haze_m", "ink"],
      needAlphaBlending: true,
    });
    this.#material.disableDepthWrite = true;
    this.#material.backFaceCulling = false;
    this.#mesh.material = this.#material;
  }

  paint({ contact_light: [red, green, blue], haze_m }: Sky): void {
    this.#material.setColor3("ink", new Color3(Math.sqrt(red), Math.sqrt(green), Math.sqrt(blue)));
    this.#material.setFloat("haze_m", haze_m);
  }

  /** What stands still is written anew; until `endStanding` every `add` is of that. */
  beginStanding(): void {
    this.#count = this.#standing = 0;
    this.#stale = true;
  }

  endStanding(): void {
    this.#standing = this.#count;
  }

  /** Forgets the cards of the last frame that were not of what stands still. */
  begin(): void {
    if (this.#count > this.#standing) this.#stale = true;
    this.#count = this.#standing;
  }

  /**
   * A print on the ground at a height of `floor_y`: `half_w` along its own X, `half_d` along its own Z, which `yaw` turns
   * from +Z towards +X. It ends `softness` metres outside its footprint. `corner` rounds the footprint, metres; `fade` is
   * the share of its length, at the end of +Z, over which it vanishes.
   */
  add(
    x: number,
    floor_y: number,
    z: number,
    half_w: number,
    half_d: number,
    yaw: number,
    softness: number,
    strength: number,
    corner = Math.min(half_w, half_d) * 0.5,
    fade = 0,
  ): void {
    const at = this.#count * FLOATS;
    if (at === this.#numbers.length) this.#double();
    const numbers = this.#numbers;
    numbers[at] = x;
    numbers[at + 1] = floor_y;
    numbers[at + 2] = z;
    numbers[at + 3] = yaw;
    numbers[at + 4] = half_w;
    numbers[at + 5] = half_d;
    numbers[at + 6] = softness;
    numbers[at + 7] = strength;
    numbers[at + 8] = corner;
    numbers[at + 9] = fade;
    this.#count += 1;
    this.#stale = true;
  }

  upload(eye_x: number, eye_y: number, eye_z: number): void {
    const mesh = this.#mesh;
    mesh.isVisible = this.#count > 0;
    if (this.#count === 0) return;
    this.#material.setVector3("eye", this.#eye.set(eye_x, eye_y, eye_z));
    if (!this.#stale) return;
    this.#stale = false;
    if (this.#buffered === this.#numbers) this.#buffer?.updateDirectly(this.#numbers, 0, this.#count);
    else this.#renewBuffer();
    mesh.forcedInstanceCount = this.#count;
  }

  #renewBuffer(): void {
    const before = this.#buffer;
    const buffer = new Buffer(this.#scene.getEngine(), this.#numbers, true, FLOATS, false, true);
    this.#mesh.setVerticesBuffer(buffer.createVertexBuffer("place", 0, 4, FLOATS, true));
    this.#mesh.setVerticesBuffer(buffer.createVertexBuffer("footprint", 4, 4, FLOATS, true));
    this.#mesh.setVerticesBuffer(buffer.createVertexBuffer("manner", 8, 2, FLOATS, true));
    before?.dispose();
    this.#buffer = buffer;
    this.#buffered = this.#numbers;
  }

  #double(): void {
    const numbers = new Float32Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

function newQuad(scene: Scene): Mesh {
  const data = new VertexData();
  data.positions = [-1, 0, -1, 1, 0, -1, 1, 0, 1, -1, 0, 1];
  data.indices = [0, 1, 2, 0, 2, 3];
  const quad = new Mesh(NAME, scene);
  data.applyToMesh(quad);
  quad.isPickable = false;
  quad.isVisible = false;
  quad.alwaysSelectAsActiveMesh = true;
  quad.doNotSyncBoundingInfo = true;
  // Under everything else one can see through.
  quad.alphaIndex = 0;
  return quad;
}
