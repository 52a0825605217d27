/**
 * Lights that a room brings: the nearest few shine. Knows entities only as indices.
 */
import { DirectionalLight } from "@babylonjs/core/Lights/directionalLight";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight";
import type { Light } from "@babylonjs/core/Lights/light";
import { PointLight } from "@babylonjs/core/Lights/pointLight";
import { ShadowLight } from "@babylonjs/core/Lights/shadowLight";
import { SpotLight } from "@babylonjs/core/Lights/spotLight";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import type { Scene } from "@babylonjs/core/scene";
import type { LightLook } from "./looks";
import { linear } from "./skylight";

/** Lights of the room that shine at once: each costs every pixel; of more, the nearest shine. */
export const LAMPS_MAX = 4;

interface Lamp {
  look: LightLook;
  readonly position: Vector3;
  readonly direction: Vector3;
  light: Light | undefined;
}

export class Lamps {
  readonly #scene: Scene;
  readonly #lamps = new Map<number, Lamp>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  put(owner: number, look: LightLook): void {
    const known = this.#lamps.get(owner);
    if (known?.light !== undefined && known.look.kind !== look.kind) putOut(known);
    if (known === undefined) {
      this.#lamps.set(owner, { look, position: Vector3.Zero(), direction: Vector3.Down(), light: undefined });
      return;
    }
    known.look = look;
    if (known.light !== undefined) tune(known, known.light);
  }

  /** A lamp shines along its entity's own down, from its place. */
  move(owner: number, matrix: Float32Array, at: number): void {
    const lamp = this.#lamps.get(owner);
    if (lamp === undefined) return;
    lamp.position.set(matrix[at + 12] ?? 0, matrix[at + 13] ?? 0, matrix[at + 14] ?? 0);
    lamp.direction.set(-(matrix[at + 4] ?? 0), -(matrix[at + 5] ?? 0), -(matrix[at + 6] ?? 0));
    if (lamp.light !== undefined) tune(lamp, lamp.light);
  }

  remove(owner: number): void {
    const lamp = this.#lamps.get(owner);
    if (lamp !== undefined) putOut(lamp);
    this.#lamps.delete(owner);
  }

  /** Whether the room brings a light of this kind: then it is not lit twice. */
  has(kind: LightLook["kind"]): boolean {
    for (const lamp of this.#lamps.values()) if (lamp.look.kind === kind) return true;
    return false;
  }

  /** Lights the nearest lamps and puts out the others. */
  chooseNearest(x: number, y: number, z: number): void {
    if (this.#lamps.size === 0) return;
    const eye = new Vector3(x, y, z);
    const far = ({ look, position }: Lamp) =>
      look.kind === "directional" || look.kind === "hemispheric" ? 0 : Vector3.DistanceSquared(position, eye);
    const sorted = [...this.#lamps.values()].sort((a, b) => far(a) - far(b));
    sorted.forEach((lamp, rank) => {
      if (rank >= LAMPS_MAX) putOut(lamp);
      else lamp.light ??= this.#make(lamp);
    });
  }

  #make(lamp: Lamp): Light {
    const light = this.#bulb(lamp);
    tune(lamp, light);
    return light;
  }

  #bulb({ look, position, direction }: Lamp): Light {
    switch (look.kind) {
      case "point":
        return new PointLight("lamp", position.clone(), this.#scene);
      case "spot":
        return new SpotLight("lamp", position.clone(), direction.clone(), look.angle, 2, this.#scene);
      case "directional":
        return new DirectionalLight("lamp", direction.clone(), this.#scene);
      case "hemispheric":
        return new HemisphericLight("lamp", direction.scale(-1), this.#scene);
    }
  }
}

function tune({ look, position, direction }: Lamp, light: Light): void {
  light.diffuse = Color3.FromArray(linear(look.color));
  light.specular = light.diffuse;
  light.intensity = look.intensity;
  light.range = look.range;
  if (light instanceof ShadowLight) {
    light.position.copyFrom(position);
    light.direction?.copyFrom(direction);
  }
  if (light instanceof HemisphericLight) light.direction.copyFrom(direction).scaleInPlace(-1);
}

function putOut(lamp: Lamp): void {
  lamp.light?.dispose();
  lamp.light = undefined;
}
