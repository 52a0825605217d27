/**
 * The sky: a gradient, the sun, two lines of hills, clouds; drawn behind everything. Owns its shader; no texture.
 *
 * At the price of corners the gradient comes from the dome's corners, only the hills are drawn per pixel.
 */
import { Constants } from "@babylonjs/core/Engines/constants";
import { ShaderStore } from "@babylonjs/core/Engines/shaderStore";
import { ShaderMaterial } from "@babylonjs/core/Materials/shaderMaterial";
import { Vector3, Vector4 } from "@babylonjs/core/Maths/math.vector";
import { Mesh } from "@babylonjs/core/Meshes/mesh";
import { VertexData } from "@babylonjs/core/Meshes/mesh.vertexData";
import type { Scene } from "@babylonjs/core/scene";
import type { Price } from "./daylight";
import type { Sky } from "./environment";
import type { Vector } from "./matrix";
import { linear, unit } from "./skylight";
import { SCREEN_GLSL, TONE_GLSL } from "./tone";

/** The sky's mesh: drawn after everything else. */
export const SKY_NAME = "sky";
const NAME = "thexrSky";
/** Bands of the dome from pole to pole and around: the gradient is summed up at their corners where pixels are dear. */
const BANDS = { down: 22, around: 44 } as const;
const UNIFORMS = ["zenith", "mid", "horizon", "below", "far_hills", "near_hills", "haze", "glow", "clouds"] as const;

/** The sky without hills and clouds towards a direction. */
const SKY_GLSL = `
uniform vec4 zenith;
uniform vec4 mid;
uniform vec4 horizon;
uniform vec4 below;
uniform vec4 haze;
uniform vec4 glow;
uniform vec3 sun;
uniform vec2 lobes;
vec3 skyGradient(float y) {
  if (y < 0.0) return mix(haze.rgb, below.rgb, 1.0 - exp(y * 5.0));
  vec3 color = mix(horizon.rgb, mid.rgb, smoothstep(0.0, 0.32, y));
  return mix(color, zenith.rgb, smoothstep(0.2, 0.95, y));
}
vec3 skyGlow(float facing, float y) {
  float near = facing * facing * facing * facing * facing;
  float wide = near;
  near *= near;
  near *= near;
  near *= near;
  float tight = near * near;
  tight *= tight;
  tight *= tight;
  return glow.rgb * (lobes.x * wide + lobes.y * (0.4 * near + tight)) * smoothstep(-0.12, 0.02, y);
}
`;

ShaderStore.ShadersStore[`${NAME}VertexShader`] = `
precision highp float;
attribute vec3 position;
uniform mat4 world;
uniform mat4 viewProjection;
varying vec3 vToward;
#ifdef PER_CORNER
varying vec3 vLight;
varying vec3 vShown;
${SKY_GLSL}
${TONE_GLSL}
#endif
void main(void) {
  vToward = position;
#ifdef PER_CORNER
  vec3 toward = normalize(position);
  vLight = skyGradient(toward.y) + skyGlow(max(0.0, dot(toward, sun)), toward.y);
  vShown = sqrt(max(toneMapped(vLight * mid.w), 0.0));
#endif
  vec4 place = viewProjection * world * vec4(position, 1.0);
  // As far away as there is: everything else is in front.
  gl_Position = place.xyww;
}
`;

/** Two ridges over the azimuth and their air: thinner at the top than at the foot. */
const HILLS_GLSL = `
uniform vec4 far_hills;
uniform vec4 near_hills;
float ridge(float a, float height, float amplitude) {
  return height + amplitude * (0.5 * sin(2.0 * a + 0.7) + 0.3 * sin(5.0 * a + 2.1) + 0.2 * sin(11.0 * a + 4.0));
}
vec3 withHills(vec3 behind, vec3 toward, vec3 air) {
  float a = atan(toward.x, toward.z);
  float y = toward.y;
  float soft = fwidth(y) + 0.0004;
  float top = ridge(a, 0.052, 0.022);
  vec3 fill = mix(far_hills.rgb, air, 0.35 * (1.0 - clamp(y / top, 0.0, 1.0)));
  behind = mix(behind, fill, far_hills.w * (1.0 - smoothstep(top - soft, top + soft, y)));
  top = ridge(a + 1.3, 0.030, 0.016);
  fill = mix(near_hills.rgb, air, 0.45 * (1.0 - clamp(y / top, 0.0, 1.0)));
  behind = mix(behind, fill, near_hills.w * (1.0 - smoothstep(top - soft, top + soft, y)));
  return mix(air, behind, smoothstep(-0.004, 0.010, y));
}
`;

/** Value noise of five octaves on a ceiling of clouds. */
const CLOUDS_GLSL = `
uniform vec4 clouds;
float hashed(vec2 p) {
  p = fract(p * vec2(0.1031, 0.1137));
  p += dot(p, p.yx + 33.33);
  return fract((p.x + p.y) * p.x * 19.19);
}
float valueNoise(vec2 p) {
  vec2 cell = floor(p);
  vec2 in_cell = fract(p);
  in_cell *= in_cell * (3.0 - 2.0 * in_cell);
  float low = mix(hashed(cell), hashed(cell + vec2(1.0, 0.0)), in_cell.x);
  return mix(low, mix(hashed(cell + vec2(0.0, 1.0)), hashed(cell + vec2(1.0, 1.0)), in_cell.x), in_cell.y);
}
float octaves(vec2 p) {
  float sum = 0.0;
  float part = 0.5;
  for (int octave = 0; octave < 5; octave++) {
    sum += part * valueNoise(p);
    p = p * 2.03 + vec2(17.0, 9.2);
    part *= 0.5;
  }
  return sum;
}
vec3 withClouds(vec3 behind, vec3 toward) {
  if (clouds.w <= 0.0 || toward.y < 0.03) return behind;
  vec2 place = toward.xz / (toward.y + 0.30) * vec2(1.5, 2.1) + 4.0;
  float cover = octaves(place) * 0.7 + octaves(place * 3.1) * 0.3;
  float thick = smoothstep(0.50, 0.66, cover + (clouds.w - 0.8) * 0.25);
  thick *= smoothstep(0.05, 0.16, toward.y) * (1.0 - smoothstep(0.5, 0.8, toward.y)) * clouds.w;
  float base = smoothstep(0.52, 0.75, cover);
  return mix(behind, mix(clouds.rgb, mid.rgb, 0.35 * base), thick);
}
`;

ShaderStore.ShadersStore[`${NAME}FragmentShader`] = `
precision highp float;
varying vec3 vToward;
${TONE_GLSL}
${HILLS_GLSL}
#ifdef PER_CORNER
varying vec3 vLight;
varying vec3 vShown;
uniform vec4 mid;
uniform vec4 haze;
#else
uniform float disc;
${SCREEN_GLSL}
${SKY_GLSL}
${CLOUDS_GLSL}
#endif
void main(void) {
  vec3 toward = normalize(vToward);
#ifdef PER_CORNER
  vec3 color = vShown;
  if (toward.y < 0.09 && near_hills.w > 0.0) {
    color = sqrt(max(toneMapped(withHills(vLight, toward, haze.rgb) * mid.w), 0.0));
  }
  gl_FragColor = vec4(color, 1.0);
#else
  float facing = max(0.0, dot(toward, sun));
  vec3 shine = skyGlow(facing, toward.y);
  vec3 light = withClouds(skyGradient(toward.y), toward) + shine;
  light += glow.rgb * disc * smoothstep(0.99925, 0.99965, facing);
  // The air in front of hills shines towards the sun as that in front of things does.
  float air = facing * facing;
  if (near_hills.w > 0.0) light = withHills(light, toward, haze.rgb + glow.rgb * lobes.x * 0.5 * air * air * facing);
  vec3 color = screenColor(toneMapped(light * mid.w), horizon.w);
  // A trace of noise: without it wide gradients show bands.
  float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
  gl_FragColor = vec4(color + (noise - 0.5) / 255.0, 1.0);
#endif
}
`;

export class SkyDome {
  readonly #material: ShaderMaterial;
  readonly #mesh: Mesh;

  constructor(scene: Scene) {
    this.#mesh = newDome(scene);
    this.#material = new ShaderMaterial(SKY_NAME, scene, NAME, {
      attributes: ["position"],
      uniforms: ["world", "viewProjection", "sun", "lobes", "disc", ...UNIFORMS],
    });
    this.#material.backFaceCulling = false;
    this.#material.disableDepthWrite = true;
    this.#material.depthFunction = Constants.LEQUAL;
    this.#mesh.material = this.#material;
    this.#mesh.infiniteDistance = true;
    this.#mesh.alwaysSelectAsActiveMesh = true;
    this.#mesh.isPickable = false;
  }

  set price(price: Price) {
    this.#material.setDefine("PER_CORNER", price === "vertex");
  }

  /** Paints a sky; hills stand only where there is a plain before them. */
  paint(sky: Sky, plain: boolean): void {
    const standing = plain && sky.hills !== undefined ? 1 : 0;
    const [far, near] = sky.hills ?? [sky.haze, sky.haze];
    this.#set("zenith", sky.zenith, 1);
    this.#set("mid", sky.mid, sky.exposure);
    this.#set("horizon", sky.horizon, 0.1);
    this.#set("below", sky.below, 1);
    this.#set("far_hills", far, standing);
    this.#set("near_hills", near, standing);
    this.#set("haze", sky.haze, 1);
    this.#set("glow", sky.glow, 1);
    this.#set("clouds", sky.clouds, sky.cloudiness);
    const [x, y, z] = unit(sky.sun_along);
    this.#material.setVector3("sun", new Vector3(-x, -y, -z));
    this.#material.setVector2("lobes", { x: sky.wide, y: sky.tight });
    this.#material.setFloat("disc", sky.disc);
  }

  dispose(): void {
    this.#mesh.dispose(false, true);
  }

  #set(name: (typeof UNIFORMS)[number], color: Vector, more: number): void {
    this.#material.setVector4(name, new Vector4(...linear(color), more));
  }
}

/** A ball of places only: Babylon's own also turns normals and textures that a sky has none of, before anything is seen. */
function newDome(scene: Scene): Mesh {
  const { down, around } = BANDS;
  const dome = new Mesh(SKY_NAME, scene);
  const data = new VertexData();
  const positions: number[] = [];
  const indices: number[] = [];
  for (let row = 0; row <= down; row += 1) {
    const [y, reach] = [Math.cos((row * Math.PI) / down), Math.sin((row * Math.PI) / down)];
    for (let column = 0; column <= around; column += 1) {
      const angle = (column * 2 * Math.PI) / around;
      positions.push(reach * Math.cos(angle), y, reach * Math.sin(angle));
      if (row === down || column === around) continue;
      const corner = row * (around + 1) + column;
      const below = corner + around + 1;
      indices.push(corner, corner + 1, below, below, corner + 1, below + 1);
    }
  }
  Object.assign(data, { positions, indices });
  data.applyToMesh(dome);
  return dome;
}
