/**
 * Materials by surface: few, shared by all batches, made when first needed. Colours are the instances' own, light is
 * `daylight`'s.
 */
import "@babylonjs/core/Shaders/default.fragment";
import "@babylonjs/core/Shaders/default.vertex";
import { Material } from "@babylonjs/core/Materials/material";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import type { Scene } from "@babylonjs/core/scene";
import { Bevel } from "./bevel";
import { Daylight } from "./daylight";
import { GridLines } from "./grid";
import { type Surface, surfaceKey } from "./looks";

/** Lights that may fall on one surface: the sun and the nearest of the room. */
export const LIGHTS_PER_SURFACE_MAX = 6;

export class Surfaces {
  /** What shines on all of them; other materials may be put under it. */
  readonly daylight = new Daylight();
  readonly #scene: Scene;
  readonly #materials = new Map<string, StandardMaterial>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  material(surface: Surface, blended: boolean): StandardMaterial {
    const key = surfaceKey(surface, blended);
    const known = this.#materials.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key, surface, blended);
    this.#materials.set(key, made);
    return made;
  }

  #make(name: string, surface: Surface, blended: boolean): StandardMaterial {
    const { grid, glow, gloss, metal = false, wide = false } = surface;
    const material = new StandardMaterial(name, this.#scene);
    material.maxSimultaneousLights = LIGHTS_PER_SURFACE_MAX;
    if (blended) material.transparencyMode = Material.MATERIAL_ALPHABLEND;
    new Bevel(material);
    if (grid) new GridLines(material, wide);
    this.daylight.light(material, { glow, gloss, metal, wide });
    return material;
  }

  dispose(): void {
    for (const material of this.#materials.values()) material.dispose();
    this.#materials.clear();
  }
}

/** A surface that is its texture and instance colour, in no light: text and tags. */
export function unlit(name: string, scene: Scene): StandardMaterial {
  const material = new StandardMaterial(name, scene);
  material.disableLighting = true;
  material.emissiveColor = Color3.White();
  material.specularColor = Color3.Black();
  return material;
}
