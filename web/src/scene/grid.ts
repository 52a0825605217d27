/**
 * Lines on a surface: one per metre, a fainter one every quarter. Drawn by the material itself, so no texture blurs
 * or repeats and light, shadow and haze stay the material's.
 *
 * Source of the line: B. Golus, "The Best Darn Grid Shader (Yet)".
 */
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { MaterialDefines } from "@babylonjs/core/Materials/materialDefines";
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import type { Scene } from "@babylonjs/core/scene";

/** After Babylon's own plugins. */
const PRIORITY = 200;

const VERTEX_DEFINITIONS = `
#ifdef GRID_LINES
varying vec3 vGridPosition;
varying vec3 vGridNormal;
#endif
`;

const VERTEX_END = `
#ifdef GRID_LINES
#ifdef GRID_WORLD
vGridPosition = worldPos.xyz;
vGridNormal = vNormalW;
#else
vGridPosition = positionUpdated * vec3(length(finalWorld[0].xyz), length(finalWorld[1].xyz), length(finalWorld[2].xyz));
vGridNormal = normalUpdated;
#endif
#endif
`;

const FRAGMENT_DEFINITIONS = `
#ifdef GRID_LINES
varying vec3 vGridPosition;
varying vec3 vGridNormal;
float gridLine(vec2 place, float width) {
  vec2 pixel = fwidth(place);
  vec2 drawn = clamp(vec2(width), pixel, vec2(0.5));
  vec2 soft = pixel * 1.5;
  vec2 away = 1.0 - abs(fract(place) * 2.0 - 1.0);
  vec2 line = 1.0 - smoothstep(drawn - soft, drawn + soft, away);
  line *= clamp(vec2(width) / drawn, 0.0, 1.0);
  line = mix(line, vec2(width), clamp(pixel * 2.0 - 1.0, 0.0, 1.0));
  return mix(line.x, 1.0, line.y);
}
#endif
`;

const FRAGMENT_DIFFUSE = `
#ifdef GRID_LINES
vec3 gridFacing = abs(vGridNormal);
vec2 gridPlace = gridFacing.y > max(gridFacing.x, gridFacing.z)
  ? vGridPosition.xz
  : (gridFacing.x > gridFacing.z ? vGridPosition.zy : vGridPosition.xy);
float gridMetre = gridLine(gridPlace, 0.03);
float gridQuarter = gridLine(gridPlace * 4.0, 0.04) * (1.0 - smoothstep(0.02, 0.12, length(fwidth(gridPlace))));
float gridInk = clamp(0.85 * gridMetre + 0.3 * gridQuarter, 0.0, 1.0);
float gridLight = dot(baseColor.rgb, vec3(0.299, 0.587, 0.114));
vec3 gridColor = gridLight > 0.4 ? baseColor.rgb * vec3(0.77, 0.81, 0.86) : baseColor.rgb + 0.14;
baseColor.rgb = mix(baseColor.rgb, gridColor, gridInk);
#endif
`;

export class GridLines extends MaterialPluginBase {
  readonly #world: boolean;

  /** With `world` the lines lie in the room's coordinates, else in the thing's own, measured in metres. */
  constructor(material: StandardMaterial, world: boolean) {
    super(material, "GridLines", PRIORITY, { GRID_LINES: false, GRID_WORLD: false });
    this.#world = world;
    this._enable(true);
  }

  override getClassName(): string {
    return "GridLines";
  }

  override prepareDefines(defines: MaterialDefines, _scene: Scene, _mesh: AbstractMesh): void {
    defines["GRID_LINES"] = true;
    defines["GRID_WORLD"] = this.#world;
  }

  override getCustomCode(shader_type: string): { [point: string]: string } {
    return shader_type === "vertex"
      ? { CUSTOM_VERTEX_DEFINITIONS: VERTEX_DEFINITIONS, CUSTOM_VERTEX_MAIN_END: VERTEX_END }
      : { CUSTOM_FRAGMENT_DEFINITIONS: FRAGMENT_DEFINITIONS, CUSTOM_FRAGMENT_UPDATE_DIFFUSE: FRAGMENT_DIFFUSE };
  }
}
