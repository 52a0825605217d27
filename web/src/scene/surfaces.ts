/**
 * Materials by surface: few, shared by all batches, made when first needed. Colours are the instances' own, light is
 * `daylight`'s.
 */
import { Material } from "@babylonjs/core/Materials/material";
import { StandardMaterial } from "@babylonjs/core/Materials/standardMaterial";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import type { Scene } from "@babylonjs/core/scene";
import { Bevel } from "./bevel";
import { Daylight } from "./daylight";
import { GridLines } from "./grid";
import { type Surface, surfaceKey } from "./looks";
import { speakBriefly } from "./surface_shader";

/** Lights that may fall on one surface: the sun and the nearest of the room. */
export const LIGHTS_PER_SURFACE_MAX = 6;

export class Surfaces {
  /** What shines on all of them; other materials may be put under it. */
  readonly daylight = new Daylight();
  readonly #scene: Scene;
  readonly #materials = new Map<string, StandardMaterial>();
  /** Lights that their shaders know. */
  #lights = 1;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** `bevelled` is for unit boxes (`bevel.ts`). */
  material(surface: Surface, blended: boolean, bevelled = false): StandardMaterial {
    const key = surfaceKey(surface, blended) + (bevelled ? " bevelled" : "");
    const known = this.#materials.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key, surface, blended, bevelled);
    this.#materials.set(key, made);
    return made;
  }

  /** A surface of its own that others may add to; made once by its name. */
  special(name: string, surface: Surface, prepare: (material: StandardMaterial) => void): StandardMaterial {
    const known = this.#materials.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name, surface, false, false, prepare);
    this.#materials.set(name, made);
    return made;
  }

  /**
   * Has all surfaces know so many lights. A shader's text grows with each, and putting it together is most of what a first picture
   * takes: they know no more than there ever were.
   */
  shineWith(lights: number): void {
    if (lights <= this.#lights) return;
    this.#lights = Math.min(lights, LIGHTS_PER_SURFACE_MAX);
    for (const material of this.#materials.values()) material.maxSimultaneousLights = this.#lights;
  }

  #make(name: string, surface: Surface, blended: boolean, bevelled: boolean, prepare?: (material: StandardMaterial) => void): StandardMaterial {
    const { grid, glow, gloss, metal = false, wide = false } = surface;
    const material = new StandardMaterial(name, this.#scene);
    speakBriefly(material);
    material.maxSimultaneousLights = this.#lights;
    if (blended) material.transparencyMode = Material.MATERIAL_ALPHABLEND;
    new Bevel(material, bevelled);
    // Floors have one shader, with lines or without.
    if (grid || wide) new GridLines(material, { world: wide, shown: grid });
    prepare?.(material);
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
  speakBriefly(material);
  material.disableLighting = true;
  material.emissiveColor = Color3.White();
  material.specularColor = Color3.Black();
  return material;
}
