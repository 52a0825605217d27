/**
 * The sky: a gradient with a soft sun, drawn behind everything. Owns its shader; no texture.
 */
import { Constants } from "@babylonjs/core/Engines/constants";
import { ShaderStore } from "@babylonjs/core/Engines/shaderStore";
import { ShaderMaterial } from "@babylonjs/core/Materials/shaderMaterial";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import { CreateSphere } from "@babylonjs/core/Meshes/Builders/sphereBuilder";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import { SUN_DIRECTION, type Sky } from "./environment";

/** The sky's mesh: drawn after everything else. */
export const SKY_NAME = "sky";
const NAME = "thexrSky";

ShaderStore.ShadersStore[`${NAME}VertexShader`] = `
precision highp float;
attribute vec3 position;
uniform mat4 world;
uniform mat4 viewProjection;
varying vec3 vToward;
void main(void) {
  vToward = position;
  vec4 place = viewProjection * world * vec4(position, 1.0);
  // As far away as there is: everything else is in front.
  gl_Position = place.xyww;
}
`;

ShaderStore.ShadersStore[`${NAME}FragmentShader`] = `
precision highp float;
varying vec3 vToward;
uniform vec3 top;
uniform vec3 horizon;
uniform vec3 ground;
uniform vec3 sun;
void main(void) {
  vec3 toward = normalize(vToward);
  float up = toward.y;
  vec3 color = up > 0.0
    ? mix(horizon, top, 1.0 - exp(-up * 3.2))
    : mix(horizon, ground, 1.0 - exp(up * 2.6));
  float facing = max(0.0, dot(toward, sun));
  color += vec3(1.0, 0.93, 0.78) * (0.10 * pow(facing, 6.0) + 0.22 * pow(facing, 64.0));
  color += vec3(1.0, 0.97, 0.9) * smoothstep(0.9985, 0.9995, facing) * 0.6;
  // A trace of noise: without it wide gradients show bands.
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  gl_FragColor = vec4(color + (noise - 0.5) / 255.0, 1.0);
}
`;

export class SkyDome {
  readonly #material: ShaderMaterial;
  readonly #mesh: Mesh;

  constructor(scene: Scene) {
    this.#mesh = CreateSphere(SKY_NAME, { diameter: 2, segments: 12 }, scene);
    this.#material = new ShaderMaterial(SKY_NAME, scene, NAME, {
      attributes: ["position"],
      uniforms: ["world", "viewProjection", "top", "horizon", "ground", "sun"],
    });
    this.#material.backFaceCulling = false;
    this.#material.disableDepthWrite = true;
    this.#material.depthFunction = Constants.LEQUAL;
    this.#material.setVector3("sun", Vector3.FromArray(SUN_DIRECTION).scale(-1).normalize());
    this.#mesh.material = this.#material;
    this.#mesh.infiniteDistance = true;
    this.#mesh.alwaysSelectAsActiveMesh = true;
    this.#mesh.isPickable = false;
    this.#mesh.applyFog = false;
  }

  paint(sky: Sky): void {
    this.#material.setColor3("top", Color3.FromArray(sky.top));
    this.#material.setColor3("horizon", Color3.FromArray(sky.horizon));
    this.#material.setColor3("ground", Color3.FromArray(sky.ground));
  }

  dispose(): void {
    this.#mesh.dispose(false, true);
  }
}
