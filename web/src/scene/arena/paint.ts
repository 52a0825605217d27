/**
 * What monsters, weapons and what lies about need of a material: a tint where a part takes one (its share is the vertex alpha), parts
 * that shine by themselves (a vertex attribute of roughness and emissive), a flash over all of it, and going up in embers.
 *
 * An instance's alpha says both: up to 1 how much of it is there, beyond 1 how much it flashes. Does nothing on meshes that have no
 * such attribute.
 */
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { MaterialDefines } from "@babylonjs/core/Materials/materialDefines";
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { Material } from "@babylonjs/core/Materials/material";
import type { Scene } from "@babylonjs/core/scene";
import { TRAITS_KIND } from "../person/paint";

/** Before whoever adds haze and maps tones. */
const PRIORITY = 121;
/** Embers are cubes of this edge in the part's own frame, metres. */
const EMBER_M = 0.035;

const VERTEX_DEFINITIONS = `
#ifdef ARENA_PAINT
attribute vec2 traits;
varying vec2 vTraits;
varying vec2 vThere;
varying vec3 vPart;
#endif
`;

const VERTEX_END = `
#ifdef ARENA_PAINT
vTraits = traits;
vThere = vec2(1.0, 0.0);
vPart = position * ${(1 / EMBER_M).toFixed(2)};
#if defined(INSTANCESCOLOR) && defined(INSTANCES)
vColor = vec4(color.rgb * mix(vec3(1.0), instanceColor.rgb, color.a), 1.0);
vThere = vec2(min(instanceColor.a, 1.0), max(instanceColor.a - 1.0, 0.0));
#endif
#endif
`;

const FRAGMENT_DEFINITIONS = `
#ifdef ARENA_PAINT
varying vec2 vTraits;
varying vec2 vThere;
varying vec3 vPart;
#endif
`;

/** Daylight does the rest. What is about to go glows at its rim. */
const FRAGMENT_TRAITS = `
#if defined(ARENA_PAINT) && defined(DAYLIGHT)
dayRough = vTraits.x;
dayGlow = vTraits.y;
if (vThere.x < 0.999) {
  vec3 cell = floor(vPart);
  float keeps = fract(sin(dot(cell, vec3(12.9898, 78.233, 37.719))) * 43758.5453);
  if (keeps > vThere.x) discard;
  float rim = smoothstep(vThere.x - 0.16, vThere.x, keeps);
  baseColor.rgb = mix(baseColor.rgb, vec3(1.0, 0.42, 0.12), rim * 0.8);
  dayGlow = max(dayGlow, rim);
}
baseColor.rgb = mix(baseColor.rgb, vec3(1.0, 0.93, 0.85), vThere.y);
dayGlow = max(dayGlow, vThere.y);
#endif
`;

export class ArenaPaint extends MaterialPluginBase {
  constructor(material: Material) {
    super(material as never, "ArenaPaint", PRIORITY, { ARENA_PAINT: false });
    this._enable(true);
  }

  override getClassName(): string {
    return "ArenaPaint";
  }

  override isCompatible(): boolean {
    return true;
  }

  override prepareDefines(defines: MaterialDefines, _scene: Scene, mesh: AbstractMesh): void {
    defines["ARENA_PAINT"] = mesh.isVerticesDataPresent(TRAITS_KIND);
  }

  override getAttributes(attributes: string[], _scene: Scene, mesh: AbstractMesh): void {
    if (mesh.isVerticesDataPresent(TRAITS_KIND)) attributes.push(TRAITS_KIND);
  }

  override getCustomCode(shader_type: string): { [point: string]: string } {
    if (shader_type === "vertex") {
      return { CUSTOM_VERTEX_DEFINITIONS: VERTEX_DEFINITIONS, CUSTOM_VERTEX_MAIN_END: VERTEX_END };
    }
    return { CUSTOM_FRAGMENT_DEFINITIONS: FRAGMENT_DEFINITIONS, CUSTOM_FRAGMENT_BEFORE_LIGHTS: FRAGMENT_TRAITS };
  }
}
