/**
 * What surfaces are drawn by, in place of Babylon's text for standard materials: that knows forty things no room has, and reading it
 * takes a browser longer than all else of a first picture. This one knows instances, colours of corners and instances, one texture,
 * Babylon's lights and shadows, and the places where plugins add theirs (`daylight.ts`, `bevel.ts`, `grid.ts`, `person/paint.ts`).
 *
 *     speakBriefly(material);
 *
 * Owns text only; the numbers are bound by Babylon's StandardMaterial. A material with more than this (a model with bumps and bones)
 * keeps Babylon's text, which whoever makes one imports.
 */
import "@babylonjs/core/Shaders/ShadersInclude/defaultFragmentDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/defaultUboDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/defaultVertexDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/instancesDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/instancesVertex";
import "@babylonjs/core/Shaders/ShadersInclude/lightFragmentDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/lightUboDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/lightVxFragmentDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/lightVxUboDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/meshUboDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/sceneUboDeclaration";
import "@babylonjs/core/Shaders/ShadersInclude/shadowsVertex";
import { ShaderStore } from "@babylonjs/core/Engines/shaderStore";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";

const NAME = "thexrSurface";
const LIGHT = "thexrSurfaceLight";

const COLORED = "defined(VERTEXCOLOR) || defined(INSTANCESCOLOR) && defined(INSTANCES)";

const VERTEX = `
#include<__decl__defaultVertex>
attribute vec3 position;
#ifdef NORMAL
attribute vec3 normal;
varying vec3 vNormalW;
#endif
#ifdef DIFFUSE
attribute vec2 uv;
varying vec2 vSurfaceUV;
#endif
#ifdef VERTEXCOLOR
attribute vec4 color;
#endif
#if ${COLORED}
varying vec4 vColor;
#endif
varying vec3 vPositionW;
#include<instancesDeclaration>
#include<__decl__lightVxFragment>[0..maxSimultaneousLights]
#define CUSTOM_VERTEX_DEFINITIONS
void main(void) {
vec3 positionUpdated = position;
#define CUSTOM_VERTEX_UPDATE_POSITION
#include<instancesVertex>
vec4 worldPos = finalWorld * vec4(positionUpdated, 1.0);
#ifdef NORMAL
vec3 normalUpdated = normal;
mat3 turned = mat3(finalWorld);
// Right for every stretch along the own axes, and much cheaper than an inverse.
vec3 stretched = vec3(dot(turned[0], turned[0]), dot(turned[1], turned[1]), dot(turned[2], turned[2]));
vNormalW = normalize(turned * (normalUpdated / stretched));
#endif
gl_Position = viewProjection * worldPos;
vPositionW = worldPos.xyz;
#ifdef DIFFUSE
vSurfaceUV = vec2(diffuseMatrix * vec4(uv, 1.0, 0.0));
#endif
#include<shadowsVertex>[0..maxSimultaneousLights]
#if ${COLORED}
vColor = vec4(1.0);
#ifdef VERTEXALPHA
vColor *= color;
#elif defined(VERTEXCOLOR)
vColor.rgb *= color.rgb;
#endif
#if defined(INSTANCESCOLOR) && defined(INSTANCES)
vColor *= instanceColor;
#endif
#endif
#define CUSTOM_VERTEX_MAIN_END
}
`;

/**
 * How much of a light reaches a place by its shadow map, softened over 3 x 3 and 5 x 5 pixels of it: the two of Babylon's many ways
 * that are used. `info` is its `shadowsInfo`: darkness, edge of the map in pixels and one over it, how softly the map ends.
 *
 * Source: I. Castano, "Shadow Mapping Summary" (The Witness), as in Babylon.
 */
const SHADOW_GLSL = `
#ifdef SHADOWS
float lightLeft(float sum, vec2 clip, vec4 info) {
  float end = smoothstep(1.0 - info.w, 1.00000012, clamp(dot(clip, clip), 0.0, 1.0));
  return mix(mix(info.x, 1.0, sum), 1.0, end);
}
bool outsideMap(vec3 at, float depth) {
  return depth < 0.0 || depth > 1.0 || at.x < 0.0 || at.x > 1.0 || at.y < 0.0 || at.y > 1.0;
}
float lightOver3(vec4 fromLight, float depth, highp sampler2DShadow map, vec4 info) {
  vec3 clip = fromLight.xyz / fromLight.w;
  vec3 at = 0.5 * clip + 0.5;
  if (outsideMap(at, depth)) return 1.0;
  vec2 pixel = at.xy * info.y + 0.5;
  vec2 part = fract(pixel);
  vec2 corner = (floor(pixel) - 0.5) * info.z;
  vec2 low = 3.0 - 2.0 * part;
  vec2 high = 1.0 + 2.0 * part;
  vec2 before = ((2.0 - part) / low - 1.0) * info.z + corner;
  vec2 after = (part / high + 1.0) * info.z + corner;
  float sum = low.x * low.y * textureLod(map, vec3(before, at.z), 0.0);
  sum += high.x * low.y * textureLod(map, vec3(after.x, before.y, at.z), 0.0);
  sum += low.x * high.y * textureLod(map, vec3(before.x, after.y, at.z), 0.0);
  sum += high.x * high.y * textureLod(map, vec3(after, at.z), 0.0);
  return lightLeft(sum / 16.0, clip.xy, info);
}
float lightOver5(vec4 fromLight, float depth, highp sampler2DShadow map, vec4 info) {
  vec3 clip = fromLight.xyz / fromLight.w;
  vec3 at = 0.5 * clip + 0.5;
  if (outsideMap(at, depth)) return 1.0;
  vec2 pixel = at.xy * info.y + 0.5;
  vec2 part = fract(pixel);
  vec2 corner = (floor(pixel) - 0.5) * info.z;
  vec2 weights[3] = vec2[3](4.0 - 3.0 * part, vec2(7.0), 1.0 + 3.0 * part);
  vec2 places[3] = vec2[3]((3.0 - 2.0 * part) / weights[0] - 2.0, (3.0 + part) / 7.0, part / weights[2] + 2.0);
  float sum = 0.0;
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) {
      vec2 place = corner + vec2(places[column].x, places[row].y) * info.z;
      sum += weights[column].x * weights[row].y * textureLod(map, vec3(place, at.z), 0.0);
    }
  }
  return lightLeft(sum / 144.0, clip.xy, info);
}
#endif
`;

/** What one of Babylon's lights adds, as in its own text; `vLightDiffuse.a` is a lamp's reach. */
const LIGHT_GLSL = `
#ifdef LIGHT{X}
{
vec3 lightColor = light{X}.vLightDiffuse.rgb;
float lightShare = 1.0;
#ifdef HEMILIGHT{X}
vec3 lightAlong = light{X}.vLightData.xyz;
lightColor = mix(light{X}.vLightGround, lightColor, dot(normalW, lightAlong) * 0.5 + 0.5);
#else
#ifdef DIRLIGHT{X}
vec3 lightAlong = normalize(-light{X}.vLightData.xyz);
#else
vec3 lightAway = light{X}.vLightData.xyz - vPositionW;
vec3 lightAlong = normalize(lightAway);
lightShare = max(0.0, 1.0 - length(lightAway) / light{X}.vLightDiffuse.a);
#endif
#ifdef SPOTLIGHT{X}
float lightInside = max(0.0, dot(light{X}.vLightDirection.xyz, -lightAlong));
lightShare *= lightInside >= light{X}.vLightDirection.w ? pow(lightInside, light{X}.vLightData.w) : 0.0;
#endif
lightColor *= max(0.0, dot(normalW, lightAlong));
#endif
#ifdef SHADOW{X}
#ifdef SHADOWMEDIUMQUALITY{X}
lightShare *= lightOver3(vPositionFromLight{X}, vDepthMetric{X}, shadowTexture{X}, light{X}.shadowsInfo);
#else
lightShare *= lightOver5(vPositionFromLight{X}, vDepthMetric{X}, shadowTexture{X}, light{X}.shadowsInfo);
#endif
#endif
diffuseBase += lightColor * lightShare;
#ifdef SPECULARTERM
float lightGleam = max(0.0, dot(normalW, normalize(viewDirectionW + lightAlong)));
specularBase += pow(lightGleam, max(1.0, vSpecularColor.a)) * lightShare * light{X}.vLightSpecular.rgb;
#endif
}
#endif
`;

const FRAGMENT = `
#include<__decl__defaultFragment>
varying vec3 vPositionW;
#ifdef NORMAL
varying vec3 vNormalW;
#endif
#ifdef DIFFUSE
varying vec2 vSurfaceUV;
uniform sampler2D diffuseSampler;
#endif
#if ${COLORED}
varying vec4 vColor;
#endif
#include<__decl__lightFragment>[0..maxSimultaneousLights]
${SHADOW_GLSL}
#define CUSTOM_FRAGMENT_DEFINITIONS
void main(void) {
#define CUSTOM_FRAGMENT_MAIN_BEGIN
vec3 viewDirectionW = normalize(vEyePosition.xyz - vPositionW);
vec4 baseColor = vec4(1.0);
float alpha = vDiffuseColor.a;
#ifdef NORMAL
vec3 normalW = normalize(vNormalW);
#endif
#ifdef DIFFUSE
baseColor = texture2D(diffuseSampler, vSurfaceUV);
#ifdef ALPHATEST
if (baseColor.a < alphaCutOff) discard;
#endif
#ifdef ALPHAFROMDIFFUSE
alpha *= baseColor.a;
#endif
#endif
#if ${COLORED}
baseColor.rgb *= vColor.rgb;
#endif
#if defined(VERTEXALPHA) || defined(INSTANCESCOLOR) && defined(INSTANCES)
alpha *= vColor.a;
#endif
#define CUSTOM_FRAGMENT_UPDATE_DIFFUSE
#define CUSTOM_FRAGMENT_BEFORE_LIGHTS
vec3 diffuseBase = vec3(0.0);
vec3 specularBase = vec3(0.0);
#include<${LIGHT}>[0..maxSimultaneousLights]
vec3 finalSpecular = specularBase * vSpecularColor.rgb;
vec4 color = vec4(clamp(diffuseBase * vDiffuseColor.rgb + vEmissiveColor, 0.0, 1.0) * baseColor.rgb + finalSpecular, alpha);
#define CUSTOM_FRAGMENT_BEFORE_FOG
color.a *= visibility;
gl_FragColor = max(color, 0.0);
}
`;

ShaderStore.IncludesShadersStore[LIGHT] = LIGHT_GLSL;
ShaderStore.ShadersStore[`${NAME}VertexShader`] = VERTEX;
ShaderStore.ShadersStore[`${NAME}PixelShader`] = FRAGMENT;

// Babylon would fetch its own text before any of these is read. Whoever needs that imports it.
Reflect.set(StandardMaterial, "_ShaderLoader", { getLoadCallback: () => undefined });

/** Has a material drawn by this text. */
export function speakBriefly(material: StandardMaterial): void {
  material.customShaderNameResolve = () => NAME;
}
