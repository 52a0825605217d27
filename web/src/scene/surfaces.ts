/**
 * Materials by surface: few, shared by all batches, made when first needed. Colours are the instances' own.
 */
import "@babylonjs/core/Shaders/default.fragment";
import "@babylonjs/core/Shaders/default.vertex";
import { Material } from "@babylonjs/core/Materials/material";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import type { Scene } from "@babylonjs/core/scene";
import { GridLines } from "./grid";
import type { Surface } from "./looks";

/** Lights that may fall on one surface: sun, sky and the nearest of the room. */
export const LIGHTS_PER_SURFACE_MAX = 6;

export class Surfaces {
  readonly #scene: Scene;
  readonly #materials = new Map<string, StandardMaterial>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  material(surface: Surface, blended: boolean): StandardMaterial {
    const key = `${surface.grid} ${surface.glow} ${surface.gloss} ${blended}`;
    const known = this.#materials.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key, surface, blended);
    this.#materials.set(key, made);
    return made;
  }

  #make(name: string, { grid, glow, gloss }: Surface, blended: boolean): StandardMaterial {
    const material = new StandardMaterial(name, this.#scene);
    material.maxSimultaneousLights = LIGHTS_PER_SURFACE_MAX;
    material.specularColor = Color3.White().scale(gloss * 0.5);
    material.specularPower = 12 + gloss * 110;
    material.emissiveColor = Color3.White().scale(glow);
    if (blended) material.transparencyMode = Material.MATERIAL_ALPHABLEND;
    if (grid) new GridLines(material, false);
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
