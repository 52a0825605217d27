/**
 * What shooters need to be seen, in one place: monsters, weapons, shots, the light they throw. Comes when a room has any of it.
 *
 * Owns their surface, their sprites and one lamp. Must not know rooms, nor who fills them.
 */
import { PointLight } from "@babylonjs/core/Lights/pointLight";
import { Color3 } from "@babylonjs/core/Maths/math.color";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import type { Level } from "../detail";
import { Guns } from "../guns/guns";
import type { Vector } from "../matrix";
import { Monsters } from "../monsters/monsters";
import type { Clay } from "../person/clay";
import { skinOf } from "../person/skin";
import { Shots } from "../shots/shots";
import type { Solids } from "../solids";
import type { Surfaces } from "../surfaces";
import { Swarm } from "../swarm";
import type { ViewCone } from "../view_cone";
import { ArenaPaint } from "./paint";
import { Sprites } from "./sprites";

/** Things in daylight mirror a little of the sky; each part says itself how rough it is. */
const GLOSS = 0.5;
/** The lamp of what glows in the air: how strong, how far, and in which colour. */
const LAMP = { intensity: 1.3, range_m: 9, color: new Color3(1, 0.5, 0.2) } as const;
/** A wall is felt for this far around where a shot ended, metres, and a slope over so much. */
const FEEL_M = 0.4;
const SLOPE_M = 0.02;

export class ArenaScene {
  readonly sprites: Sprites;
  readonly monsters: Monsters;
  readonly guns: Guns;
  readonly shots: Shots;
  readonly #scene: Scene;
  #lamp: PointLight | undefined;

  constructor(scene: Scene, surfaces: Surfaces, view: ViewCone, solids: Solids, onCaster: (mesh: Mesh) => void) {
    this.#scene = scene;
    const material = surfaces.special("arena", { grid: false, glow: 0, gloss: GLOSS }, (made) => void new ArenaPaint(made));
    const swarm = (name: string, clay: () => Clay, casts: boolean) =>
      new Swarm(() => {
        const mesh = skinOf(name, clay(), scene, "arena");
        mesh.material = material;
        mesh.receiveShadows = casts;
        if (casts) onCaster(mesh);
        return mesh;
      });
    this.sprites = new Sprites(scene);
    this.monsters = new Monsters((name, part) => swarm(name, part.clay, true), this.sprites, view);
    // They are small, or before one's own eyes.
    this.guns = new Guns((name, clay) => swarm(name, clay, false), this.sprites, view);
    this.shots = new Shots(this.sprites, (out, x, y, z, along) => normalAt(out, solids, x, y, z, along));
  }

  /** Told for whatever stands on the ground. */
  set onGround(told: Monsters["onGround"]) {
    this.monsters.onGround = told;
  }

  /** Whether something of it moves that throws shadows. */
  get casts(): boolean {
    return this.monsters.count.near + this.monsters.count.far > 0;
  }

  /** What the machine affords: at its finest also the light of what glows in the air. */
  setDetail({ figures, shadows, shadow_map }: Level): void {
    this.monsters.share = figures;
    if (shadows === "live" && shadow_map === "fine") this.#lamp ??= newLamp(this.#scene);
    else {
      this.#lamp?.dispose();
      this.#lamp = undefined;
    }
  }

  /** A frame begins: sprites are added anew by whoever has any. */
  begin(): void {
    this.sprites.begin();
  }

  upload(eye_x: number, eye_y: number, eye_z: number): void {
    this.sprites.upload(eye_x, eye_y, eye_z);
    if (this.#lamp === undefined) return;
    const { x, y, z, bright } = this.shots.light;
    this.#lamp.position.set(x, y, z);
    // It stays a light of the scene: one that comes and goes would have shaders made anew.
    this.#lamp.intensity = LAMP.intensity * bright;
  }

  dispose(): void {
    this.sprites.dispose();
    for (const swarm of [...this.monsters.swarms, ...this.guns.swarms]) swarm.dispose();
    this.#lamp?.dispose();
  }
}

function newLamp(scene: Scene): PointLight {
  const lamp = new PointLight("shots", Vector3.Zero(), scene);
  lamp.diffuse = LAMP.color;
  lamp.specular = LAMP.color;
  lamp.range = LAMP.range_m;
  lamp.intensity = 0;
  return lamp;
}

/** The normal of what lies at a place: the slope of how far it is away; up, or back along the shot, where nothing does. */
function normalAt(out: [number, number, number], solids: Solids, x: number, y: number, z: number, along: Vector): void {
  solids.gather(x, z, FEEL_M);
  const away = (dx: number, dy: number, dz: number) => solids.distanceTo(x + dx, y + dy, z + dz, FEEL_M);
  const sx = away(SLOPE_M, 0, 0) - away(-SLOPE_M, 0, 0);
  const sy = away(0, SLOPE_M, 0) - away(0, -SLOPE_M, 0);
  const sz = away(0, 0, SLOPE_M) - away(0, 0, -SLOPE_M);
  const size = Math.hypot(sx, sy, sz);
  if (size > 1e-4) [out[0], out[1], out[2]] = [sx / size, sy / size, sz / size];
  else if (Math.abs(y) < 0.1) [out[0], out[1], out[2]] = [0, 1, 0];
  else [out[0], out[1], out[2]] = [-along[0], -along[1], -along[2]];
}
