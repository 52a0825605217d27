/**
 * What only people need of a material: colour where the person's own shows (its share is the vertex alpha), glass, eyes
 * and cloth side by side (a vertex attribute of roughness and emissive), and grey for whoever is away.
 *
 * Sits on a material in daylight and does nothing on meshes that have no such attribute.
 */
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { MaterialDefines } from "@babylonjs/core/Materials/materialDefines";
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { Material } from "@babylonjs/core/Materials/material";
import type { Scene } from "@babylonjs/core/scene";

/** The vertex attribute: roughness and emissive. */
export const TRAITS_KIND = "traits";
/** Before whoever adds haze and maps tones. */
const PRIORITY = 120;

const VERTEX_DEFINITIONS = `
#ifdef PERSON_PAINT
attribute vec2 traits;
varying vec2 vTraits;
#endif
`;

/** The instance's alpha says how much someone is here; what is left of it may not reach opacity. */
const VERTEX_END = `
#ifdef PERSON_PAINT
vTraits = traits;
#if defined(INSTANCESCOLOR) && defined(INSTANCES)
vec3 personColor = color.rgb * mix(vec3(1.0), instanceColor.rgb, color.a);
float personGrey = 0.2 + 0.55 * dot(personColor, vec3(0.299, 0.587, 0.114));
vColor = vec4(mix(vec3(personGrey), personColor, instanceColor.a), 1.0);
vTraits.y *= instanceColor.a;
#endif
#endif
`;

const FRAGMENT_DEFINITIONS = `
#ifdef PERSON_PAINT
varying vec2 vTraits;
#endif
`;

/** Daylight does the rest: glass and cloth in the sheen of the sky, eyes by themselves. */
const FRAGMENT_TRAITS = `
#if defined(PERSON_PAINT) && defined(DAYLIGHT)
dayRough = vTraits.x;
dayGlow = vTraits.y;
#endif
`;

export class PersonPaint extends MaterialPluginBase {
  constructor(material: Material) {
    super(material as never, "PersonPaint", PRIORITY, { PERSON_PAINT: false });
    this._enable(true);
  }

  override getClassName(): string {
    return "PersonPaint";
  }

  override isCompatible(): boolean {
    return true;
  }

  override prepareDefines(defines: MaterialDefines, _scene: Scene, mesh: AbstractMesh): void {
    defines["PERSON_PAINT"] = mesh.isVerticesDataPresent(TRAITS_KIND);
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
