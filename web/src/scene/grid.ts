/**
 * Lines on a surface: on floors one every two metres and a fainter one every ten, which fade with distance; on things
 * one per metre and a fainter one every quarter. Drawn by the material itself, so no texture blurs or repeats and light,
 * shadow and haze stay the material's. Owns the colours of the plain, too: paved in the middle of the room, grown over
 * farther out (`dayPlain`, `dayPaving` of `daylight.ts`, which lights the same material).
 *
 * Source of the line: B. Golus, "The Best Darn Grid Shader (Yet)".
 */
import type { AbstractMesh } from "@babylonjs/core/Meshes/abstractMesh";
import type { MaterialDefines } from "@babylonjs/core/Materials/materialDefines";
import { MaterialPluginBase } from "@babylonjs/core/Materials/materialPluginBase";
import type { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import type { UniformBuffer } from "@babylonjs/core/Materials/uniformBuffer";
import type { Scene } from "@babylonjs/core/scene";

/** After Babylon's own plugins. */
const PRIORITY = 200;

/** Where the paving of the plain ends and where nothing of it is left, metres from the room's middle. */
const PAVED_M = [9, 34] as const;

const VERTEX_DEFINITIONS = `
#if defined(GRID_LINES) && !defined(GRID_WORLD)
varying vec3 vGridPosition;
varying vec3 vGridNormal;
#endif
`;

const VERTEX_END = `
#if defined(GRID_LINES) && !defined(GRID_WORLD)
vGridPosition = positionUpdated * vec3(length(finalWorld[0].xyz), length(finalWorld[1].xyz), length(finalWorld[2].xyz));
vGridNormal = normalUpdated;
#endif
`;

const FRAGMENT_DEFINITIONS = `
#ifdef GRID_LINES
#ifndef GRID_WORLD
varying vec3 vGridPosition;
varying vec3 vGridNormal;
#endif
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
#ifdef GRID_WORLD
if (gridShown > 0.0) {
  float gridFar = length(vEyePosition.xyz - vPositionW);
  if (baseColor.r < 0.0) {
    baseColor.rgb = mix(dayPaving.rgb, dayPlain.rgb, smoothstep(${PAVED_M[0]}.0, ${PAVED_M[1]}.0, length(vPositionW.xz)));
  }
  float gridFade = exp(-0.022 * gridFar);
  vec2 gridTile = floor(vPositionW.xz * 0.5);
  float gridDice = fract(52.9829189 * fract(dot(gridTile, vec2(0.06711056, 0.00583715))));
  float gridInk = 0.11 * gridLine(vPositionW.xz * 0.5, 0.01) + 0.07 * gridLine(vPositionW.xz * 0.1, 0.0045);
  baseColor.rgb *= 1.0 + gridFade * (0.034 * (gridDice - 0.5) - gridInk);
}
#else
if (baseColor.r < 0.0) baseColor.rgb = dayPaving.rgb;
vec3 gridFacing = abs(vGridNormal);
vec2 gridPlace = gridFacing.y > max(gridFacing.x, gridFacing.z)
  ? vGridPosition.xz
  : (gridFacing.x > gridFacing.z ? vGridPosition.zy : vGridPosition.xy);
float gridQuarter = gridLine(gridPlace * 4.0, 0.04) * (1.0 - smoothstep(0.02, 0.12, length(fwidth(gridPlace))));
float gridInk = clamp(0.8 * gridLine(gridPlace, 0.03) + 0.3 * gridQuarter, 0.0, 1.0);
float gridLight = dot(baseColor.rgb, vec3(0.299, 0.587, 0.114));
vec3 gridColor = gridLight > 0.4 ? baseColor.rgb * 0.8 : baseColor.rgb + 0.14;
baseColor.rgb = mix(baseColor.rgb, gridColor, gridInk);
#endif
#endif
`;

export class GridLines extends MaterialPluginBase {
  readonly #world: boolean;
  readonly #shown: boolean;

  /** With `world` the lines lie in the room's coordinates, and there may be none; else in the thing's own, measured in metres. */
  constructor(material: StandardMaterial, { world, shown }: { readonly world: boolean; readonly shown: boolean }) {
    // Babylon's constructor would ask for the shader before the fields are there.
    super(material, "GridLines", PRIORITY, { GRID_LINES: false, GRID_WORLD: false }, false);
    this.#world = world;
    this.#shown = shown;
    this._pluginManager._addPlugin(this);
    this._enable(true);
  }

  override getClassName(): string {
    return "GridLines";
  }

  override prepareDefines(defines: MaterialDefines, _scene: Scene, _mesh: AbstractMesh): void {
    defines["GRID_LINES"] = true;
    defines["GRID_WORLD"] = this.#world;
  }

  override getUniforms(): ReturnType<MaterialPluginBase["getUniforms"]> {
    return { ubo: [{ name: "gridShown", size: 1, type: "float" }] };
  }

  override bindForSubMesh(buffer: UniformBuffer): void {
    buffer.updateFloat("gridShown", this.#shown ? 1 : 0);
  }

  override getCustomCode(shader_type: string): { [point: string]: string } {
    return shader_type === "vertex"
      ? { CUSTOM_VERTEX_DEFINITIONS: VERTEX_DEFINITIONS, CUSTOM_VERTEX_MAIN_END: VERTEX_END }
      : { CUSTOM_FRAGMENT_DEFINITIONS: FRAGMENT_DEFINITIONS, CUSTOM_FRAGMENT_UPDATE_DIFFUSE: FRAGMENT_DIFFUSE };
  }
}
