/**
 * Light without a body: glows, streaks, puffs, bars and marks on walls, all in one draw call.
 *
 *     sprites.begin();                                          // each frame
 *     sprites.glow(x, y, z, radius, red, green, blue, cover);   // faces the eye
 *     sprites.streak(from…, to…, radius, …);                    // a line as thick as told, brightest where it ends
 *     sprites.upload(eye_x, eye_y, eye_z);
 *
 * `cover` is how much of what is behind is hidden: 0 adds light, 1 is a colour. Makes no garbage; beyond `SPRITES_MAX` nothing is
 * added. Must not know what glows.
 */
import { Constants } from "@babylonjs/core/Engines/constants";
import { ShaderStore } from "@babylonjs/core/Engines/shaderStore";
import { Buffer } from "@babylonjs/core/Buffers/buffer";
import { ShaderMaterial } from "@babylonjs/core/Materials/shaderMaterial";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import type { Scene } from "@babylonjs/core/scene";

/** Sprites at once: a bound on memory and on what a processor draws. */
export const SPRITES_MAX = 2_048;
/** Numbers of a sprite: from and radius, to and kind, colour and cover. */
const FLOATS = 12;
const HAZE_M = 130;
const NAME = "thexrSprite";
/** How a sprite lies and how it fades. */
const KIND = { glow: 0, streak: 1, line: 1.25, bar: 2, mark: 3, ring: 4 } as const;

ShaderStore.ShadersStore[`${NAME}VertexShader`] = `
precision highp float;
attribute vec3 position;
attribute vec4 origin;
attribute vec4 target;
attribute vec4 tint;
uniform mat4 viewProjection;
uniform vec3 eye;
uniform float haze_m;
varying vec3 vAt;
varying vec4 vTint;
varying float vKind;
void main(void) {
  float radius = origin.w;
  float kind = target.w;
  vec3 middle = 0.5 * (origin.xyz + target.xyz);
  vec3 along = target.xyz - origin.xyz;
  vec3 at;
  float half_m = 0.0;
  float lift = 0.0;
  if (kind > 2.5) {
    // Flat on something: the second place is its normal.
    vec3 normal = target.xyz;
    vec3 helper = abs(normal.y) < 0.9 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0);
    vec3 aside = normalize(cross(helper, normal));
    vec3 upward = cross(normal, aside);
    at = origin.xyz + (aside * position.x + upward * position.y) * radius + normal * 0.008;
    lift = 8e-5;
    middle = origin.xyz;
  } else {
    float span = length(along);
    vec3 seen = normalize(eye - middle);
    vec3 helper = abs(seen.y) < 0.98 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0);
    vec3 axis = span > 1e-4 ? along / span : normalize(cross(helper, seen));
    vec3 across = cross(axis, seen);
    // Seen from behind a streak has no breadth of its own; then any will do.
    across = dot(across, across) > 1e-5 ? normalize(across) : normalize(cross(helper, seen));
    if (span < 1e-4) across = cross(seen, axis);
    half_m = 0.5 * span / radius;
    vec3 place = middle + axis * position.x * (0.5 * span + radius);
    // A line is never thinner than what a picture shows.
    float far = distance(eye, place);
    float thick = kind > 0.5 && kind < 1.5 ? max(radius, 0.0024 * far) : radius;
    if (kind > 1.2 && kind < 1.5) thick = min(thick, 0.006 * far);
    at = place + across * position.y * thick;
  }
  vAt = vec3(position.x * (half_m + 1.0), position.y, half_m);
  float through = exp(-pow(distance(eye, middle) / haze_m, 1.6));
  vTint = tint * through;
  vKind = kind;
  gl_Position = viewProjection * vec4(at, 1.0);
  gl_Position.z -= lift * gl_Position.w;
}
`;

ShaderStore.ShadersStore[`${NAME}FragmentShader`] = `
precision highp float;
varying vec3 vAt;
varying vec4 vTint;
varying float vKind;
void main(void) {
  vec2 off = vec2(vAt.x - clamp(vAt.x, -vAt.z, vAt.z), vAt.y);
  float away = length(off);
  if (away >= 1.0) discard;
  float near = 1.0 - away;
  float share;
  vec3 light = vTint.rgb;
  if (vKind < 0.5) {
    share = near * near;
    // A hot middle.
    light += vec3(0.9) * dot(light, vec3(0.34)) * pow(near, 6.0);
  } else if (vKind < 1.5) {
    float head = vAt.z > 0.0 ? clamp((vAt.x + vAt.z) / (2.0 * vAt.z), 0.0, 1.0) : 1.0;
    // A line is as bright from its beginning, which is near, as far away.
    share = near * near * (vKind > 1.2 ? smoothstep(0.0, 0.06, head) : head);
    light += vec3(0.8) * dot(light, vec3(0.34)) * pow(near, 3.0);
  } else if (vKind < 2.5) {
    share = smoothstep(0.0, 0.25, near);
  } else if (vKind < 3.5) {
    // Burnt in the middle, a soft rim.
    share = smoothstep(0.0, 0.6, near);
  } else {
    share = smoothstep(0.0, 0.1, near) * smoothstep(0.42, 0.16, near);
  }
  gl_FragColor = vec4(light * share, vTint.a * share);
}
`;

export class Sprites {
  readonly #scene: Scene;
  readonly #mesh: Mesh;
  readonly #material: ShaderMaterial;
  readonly #eye = new Vector3();
  readonly #numbers = new Float32Array(SPRITES_MAX * FLOATS);
  #buffer: Buffer | undefined;
  #count = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#mesh = newQuad(scene);
    this.#material = new ShaderMaterial(NAME, scene, NAME, {
      attributes: ["position", "origin", "target", "tint"],
      uniforms: ["viewProjection", "eye", "haze_m"],
      needAlphaBlending: true,
    });
    this.#material.alphaMode = Constants.ALPHA_PREMULTIPLIED;
    this.#material.disableDepthWrite = true;
    this.#material.backFaceCulling = false;
    this.paint(HAZE_M);
    this.#mesh.material = this.#material;
  }

  /** In air that hides things from so far away, metres. */
  paint(haze_m: number): void {
    this.#material.setFloat("haze_m", haze_m);
  }

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count = 0;
  }

  glow(x: number, y: number, z: number, radius: number, red: number, green: number, blue: number, cover = 0): void {
    this.#add(x, y, z, radius, x, y, z, KIND.glow, red, green, blue, cover);
  }

  streak(
    x: number,
    y: number,
    z: number,
    to_x: number,
    to_y: number,
    to_z: number,
    radius: number,
    red: number,
    green: number,
    blue: number,
    cover = 0,
  ): void {
    this.#add(x, y, z, radius, to_x, to_y, to_z, KIND.streak, red, green, blue, cover);
  }

  /** A thin line, equally bright all along, never thick however near. */
  line(
    x: number,
    y: number,
    z: number,
    to_x: number,
    to_y: number,
    to_z: number,
    radius: number,
    red: number,
    green: number,
    blue: number,
  ): void {
    this.#add(x, y, z, radius, to_x, to_y, to_z, KIND.line, red, green, blue, 0);
  }

  /** A bar with round ends in one colour. */
  bar(
    x: number,
    y: number,
    z: number,
    to_x: number,
    to_y: number,
    to_z: number,
    radius: number,
    red: number,
    green: number,
    blue: number,
    cover: number,
  ): void {
    this.#add(x, y, z, radius, to_x, to_y, to_z, KIND.bar, red * cover, green * cover, blue * cover, cover);
  }

  /** A dark spot on a surface with this normal. */
  mark(x: number, y: number, z: number, nx: number, ny: number, nz: number, radius: number, cover: number): void {
    this.#add(x, y, z, radius, nx, ny, nz, KIND.mark, 0.012 * cover, 0.012 * cover, 0.018 * cover, cover);
  }

  /** A ring of light on the floor. */
  ring(x: number, y: number, z: number, radius: number, red: number, green: number, blue: number, cover = 0): void {
    this.#add(x, y, z, radius, 0, 1, 0, KIND.ring, red, green, blue, cover);
  }

  upload(eye_x: number, eye_y: number, eye_z: number): void {
    const mesh = this.#mesh;
    mesh.isVisible = this.#count > 0;
    if (this.#count === 0) return;
    this.#material.setVector3("eye", this.#eye.set(eye_x, eye_y, eye_z));
    if (this.#buffer === undefined) this.#buffer = this.#makeBuffer();
    else this.#buffer.updateDirectly(this.#numbers, 0, this.#count);
    mesh.forcedInstanceCount = this.#count;
  }

  dispose(): void {
    this.#mesh.dispose(false, true);
    this.#buffer?.dispose();
  }

  #add(
    x: number,
    y: number,
    z: number,
    radius: number,
    to_x: number,
    to_y: number,
    to_z: number,
    kind: number,
    red: number,
    green: number,
    blue: number,
    cover: number,
  ): void {
    if (this.#count === SPRITES_MAX) return;
    const numbers = this.#numbers;
    const at = this.#count * FLOATS;
    this.#count += 1;
    numbers[at] = x;
    numbers[at + 1] = y;
    numbers[at + 2] = z;
    numbers[at + 3] = radius;
    numbers[at + 4] = to_x;
    numbers[at + 5] = to_y;
    numbers[at + 6] = to_z;
    numbers[at + 7] = kind;
    numbers[at + 8] = red;
    numbers[at + 9] = green;
    numbers[at + 10] = blue;
    numbers[at + 11] = cover;
  }

  #makeBuffer(): Buffer {
    const buffer = new Buffer(this.#scene.getEngine(), this.#numbers, true, FLOATS, false, true);
    this.#mesh.setVerticesBuffer(buffer.createVertexBuffer("origin", 0, 4, FLOATS, true));
    this.#mesh.setVerticesBuffer(buffer.createVertexBuffer("target", 4, 4, FLOATS, true));
    this.#mesh.setVerticesBuffer(buffer.createVertexBuffer("tint", 8, 4, FLOATS, true));
    return buffer;
  }
}

function newQuad(scene: Scene): Mesh {
  const data = new VertexData();
  data.positions = [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0];
  data.indices = [0, 1, 2, 0, 2, 3];
  const quad = new Mesh(NAME, scene);
  data.applyToMesh(quad);
  quad.isPickable = false;
  quad.isVisible = false;
  quad.alwaysSelectAsActiveMesh = true;
  quad.doNotSyncBoundingInfo = true;
  // Over prints on the ground, under names.
  quad.alphaIndex = 1;
  return quad;
}
