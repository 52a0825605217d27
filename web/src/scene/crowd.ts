/**
 * Other people, however many: near ones move in themselves, farther ones are in one piece, the farthest of a few
 * triangles.
 *
 * Owns who is drawn how and where their floor is; poses and identities are handed in each frame as plain numbers, so that
 * a thousand people cost no garbage. Everyone handed in is drawn, or would be if one looked there.
 */
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import type { AvatarFace, AvatarHead, AvatarTop } from "../core/generated";
import { Hands } from "./hands";
import { LOD, type Lod, Lods } from "./lod";
import { type Vector, composeUpright } from "./matrix";
import { Beings } from "./person/being";
import type { Clay } from "./person/clay";
import { BEARING, type Bearing, farClay, farthestClay, midClay } from "./person/coarse";
import { Footing } from "./person/footing";
import type { FloorUnder } from "./person/gait";
import { Gaze } from "./person/gaze";
import { EYES_M } from "./person/measures";
import { AWAY_LEAVES, GROUND, NearPeople, type OnGround } from "./person/near";
import { PersonPaint } from "./person/paint";
import { skinOf } from "./person/skin";
import type { Roundness } from "./shapes";
import type { Surfaces } from "./surfaces";
import { Swarm } from "./swarm";
import type { ViewCone } from "./view_cone";

/** How long a person takes to appear, milliseconds; nothing pops. */
export const APPEAR_MS = 160;
/** Nearer than this to the eye a person is not drawn, metres: nobody looks into a head. */
export const NEAR_M = 0.38;
/** How far hands and body reach around a head, metres: this much beside the picture someone may still be seen. */
const PERSON_REACH_M = 1.9;
/** How far a standing person's shadow reaches, metres: with shadows, people beside the picture are drawn, too. */
const SHADOW_REACH_M = 3.5;
/** Glass in faces mirrors the sky; each part says itself how rough it is. */
const PERSON_GLOSS = 0.5;
/** Someone in one piece is bent down to this share of their height at most. */
const STOOP_MIN = 0.55;
/** A hand this little below the head, metres, gestures. */
const RAISED_M = 0.42;

/** People of the last frame by how finely they are drawn. */
export interface Figures {
  near: number;
  mid: number;
  /** Silhouettes, with legs or of a handful of triangles. */
  far: number;
  /** Of them, how many were outside the picture and cost nothing. */
  unseen: number;
}

/** What somebody chose to look like, beside their colour. */
export interface FigureLook {
  readonly head: AvatarHead;
  readonly top: AvatarTop;
  readonly face: AvatarFace;
  /** Colour of their hair. */
  readonly hair: Vector;
}

/** A person to draw; one object, filled anew for each. */
export interface Figure {
  index: number;
  /** Poses of everyone; where this one's head and tracked hands are in them (7 floats each: place, quaternion); or -1. */
  poses: Float32Array;
  head: number;
  left: number;
  right: number;
  /** Where the joints of these hands are in `joints` (75 floats each); -1 where they are not known. */
  joints: Float32Array;
  left_joints: number;
  right_joints: number;
  /** Matrices of things; where those are that the untracked hands hold (16 floats each); -1 for empty hands. */
  things: Float32Array;
  right_things: Float32Array;
  left_thing: number;
  right_thing: number;
  lod: Lod;
  red: number;
  green: number;
  blue: number;
  look: FigureLook;
  away: boolean;
  speaking: boolean;
  /** How loud they speak, 0 to 1; undefined where that is not heard. */
  loudness: number | undefined;
  /** Whether they live while they rest: breathe, blink, look about. */
  idle: boolean;
  seated: boolean;
  /** Where their seat faces, radians. */
  seat_yaw: number;
  /** Stands where it is put and was always there: a figure to look at. */
  posed: boolean;
  /** Milliseconds since they appeared. */
  age_ms: number;
}

/** A figure to be filled: someone of whom nothing is known. */
export function newFigure(look: FigureLook): Figure {
  const none = new Float32Array(0);
  const hands = { left: -1, right: -1, left_joints: -1, right_joints: -1, left_thing: -1, right_thing: -1 };
  const colors = { red: 1, green: 1, blue: 1, look };
  const states = { away: false, speaking: false, loudness: undefined, idle: false, seated: false, seat_yaw: 0, posed: false };
  return { index: -1, poses: none, head: 0, joints: none, things: none, right_things: none, lod: LOD.farthest, ...hands, ...colors, ...states, age_ms: Infinity };
}

export class Crowd {
  readonly lods = new Lods();
  readonly figures: Figures = { near: 0, mid: 0, far: 0, unseen: 0 };
  /** Whether people throw shadows: then those beside the picture are drawn as well. */
  shadows = true;
  /** Whether somebody in the picture moves by themselves: there is a next picture to draw. */
  alive = false;
  /** Hands of fingers: of those near who have any, and one's own. */
  readonly hands: Hands;
  readonly #view: ViewCone;
  readonly #gaze = new Gaze();
  readonly #footing: Footing;
  readonly #beings = new Beings();
  readonly #near: NearPeople;
  readonly #whole: { readonly [bearing in Bearing]: Swarm };
  readonly #far: Swarm;
  readonly #farthest: Swarm;
  readonly #all: readonly Swarm[];
  #now_ms = 0;
  #dt_s = 0;

  /** `floorUnder` is the height of what one stands on under a head. */
  constructor(
    scene: Scene,
    surfaces: Surfaces,
    view: ViewCone,
    roundness: Roundness,
    floorUnder: FloorUnder,
    onSwarm: (mesh: Mesh) => void,
  ) {
    this.#view = view;
    const material = surfaces.material({ grid: false, glow: 0, gloss: PERSON_GLOSS }, false);
    new PersonPaint(material);
    const mesh = (name: string, clay: Clay, shadows: boolean): Mesh => {
      const mesh = skinOf(name, clay, scene);
      mesh.material = material;
      mesh.receiveShadows = shadows;
      if (shadows) onSwarm(mesh);
      return mesh;
    };
    const swarm = (name: string, clay: () => Clay, shadows = true) => new Swarm(() => mesh(name, clay(), shadows));
    this.#footing = new Footing(floorUnder);
    this.hands = new Hands(scene, surfaces, roundness, onSwarm);
    this.#near = new NearPeople(swarm, floorUnder, this.#gaze, this.hands);
    const whole = (name: string, bearing: Bearing) => swarm(name, () => midClay(bearing));
    this.#whole = {
      [BEARING.standing]: whole("standing", BEARING.standing),
      [BEARING.seated]: whole("seated", BEARING.seated),
      [BEARING.gesturing]: whole("gesturing", BEARING.gesturing),
    };
    // So far away nobody sees a shadow.
    this.#far = swarm("far", farClay, false);
    this.#farthest = swarm("farthest", farthestClay, false);
    this.#all = [...this.#near.swarms, ...Object.values(this.#whole), this.#far, this.#farthest];
  }

  /** Whom to tell of everything of people that stands on the ground, in each frame. */
  set onGround(told: OnGround | undefined) {
    this.#near.onGround = told;
  }

  /** People of the last frame, at all levels. */
  get drawn(): number {
    const { near, mid, far } = this.figures;
    return near + mid + far;
  }

  /** Begins a frame: everyone is drawn anew. */
  begin(now_ms: number, dt_s: number): void {
    for (const swarm of this.#all) swarm.clear();
    this.hands.begin();
    this.#footing.begin();
    this.#beings.begin();
    this.#gaze.begin(this.#view.x, this.#view.y, this.#view.z);
    this.alive = false;
    [this.#now_ms, this.#dt_s] = [now_ms, dt_s];
    Object.assign(this.figures, NOBODY);
  }

  /** An index is someone else's from now on. */
  forget(index: number): void {
    this.lods.forget(index);
    this.#footing.forget(index);
    this.#beings.forget(index);
  }

  /** Draws a person where they can be seen; returns whether they can. */
  draw(figure: Figure): boolean {
    const { poses, head, lod } = figure;
    const view = this.#view;
    const [x, y, z] = [poses[head] ?? 0, poses[head + 1] ?? 0, poses[head + 2] ?? 0];
    view.aim(x, y, z);
    this.#tally(lod);
    if (lod === LOD.near) this.#gaze.note(x, y, z, figure.speaking);
    const { depth, across, above } = view;
    if (depth * depth + across * across + above * above < NEAR_M * NEAR_M) return false;
    if (!view.sees(this.shadows && lod < LOD.far ? SHADOW_REACH_M : PERSON_REACH_M)) {
      this.figures.unseen += 1;
      return false;
    }
    this.#footing.look(figure.index, x, y, z, lod === LOD.near);
    if (lod === LOD.near) this.#drawNear(figure, y);
    else this.#drawWhole(figure, y);
    return true;
  }

  /** Draws a figure to look at, as large as told, on a plinth. */
  pose(figure: Figure, size: number, floor_y: number): void {
    this.#near.drawPlinth(figure, size, floor_y);
    this.#near.draw(figure, this.#beings.of(figure.index), size, floor_y, this.#now_ms, this.#dt_s);
    this.alive ||= figure.idle;
  }

  /** Puts somebody into the next picture, too small to be seen. */
  rehearse(): void {
    const somebody = this.#whole[BEARING.standing];
    const at = somebody.add(1, 1, 1);
    somebody.matrices.fill(0, at, at + 16);
    somebody.upload();
  }

  end(): void {
    for (const swarm of this.#all) swarm.upload();
    this.hands.end();
    this.#beings.end();
  }

  #tally(lod: Lod): void {
    if (lod === LOD.near) this.figures.near += 1;
    else if (lod === LOD.mid) this.figures.mid += 1;
    else this.figures.far += 1;
  }

  #drawNear(figure: Figure, y: number): void {
    const { index, left, right, seated } = figure;
    const footing = this.#footing;
    if ((left >= 0 || right >= 0) && !seated) footing.measure(index, y, this.#dt_s);
    const size = (footing.sizes[index] ?? 1) * appearance(figure.age_ms);
    this.#near.draw(figure, this.#beings.of(index), size, footing.floors[index] ?? NaN, this.#now_ms, this.#dt_s);
    this.alive ||= (figure.idle && !figure.away) || figure.speaking;
  }

  /** Someone in one piece stands as high as their head is. */
  #drawWhole(figure: Figure, y: number): void {
    const { index, poses, head, red, green, blue, lod, seated } = figure;
    const size = (this.#footing.sizes[index] ?? 1) * appearance(figure.age_ms);
    const floor_y = this.#footing.floors[index] ?? NaN;
    const stretch = !seated && y > floor_y ? Math.max(STOOP_MIN, Math.min(1, (y - floor_y) / (EYES_M * size))) : 1;
    const swarm = lod === LOD.mid ? this.#whole[bearingOf(figure, y)] : lod === LOD.far ? this.#far : this.#farthest;
    const here = figure.away ? AWAY_LEAVES : 1;
    const at = swarm.add(red, green, blue, here);
    composeUpright(swarm.matrices, at, poses, head, size, stretch);
    if (lod !== LOD.mid) return;
    this.#near.drawTop(figure, here, swarm.matrices, at);
    const ground_y = floor_y > y - PERSON_REACH_M ? floor_y : y - EYES_M * size;
    if (!seated) this.#near.onGround?.(poses[head] ?? 0, ground_y, poses[head + 2] ?? 0, 0, GROUND.whole);
  }
}

const NOBODY: Figures = { near: 0, mid: 0, far: 0, unseen: 0 };

/** How someone in one piece holds themselves. */
function bearingOf({ seated, poses, left, right }: Figure, y: number): Bearing {
  if (seated) return BEARING.seated;
  const raised = (left >= 0 && (poses[left + 1] ?? 0) > y - RAISED_M) || (right >= 0 && (poses[right + 1] ?? 0) > y - RAISED_M);
  return raised ? BEARING.gesturing : BEARING.standing;
}

/** Grows from nothing to full size, ending softly. */
function appearance(age_ms: number): number {
  if (age_ms >= APPEAR_MS) return 1;
  return 1 - (1 - Math.max(0.05, age_ms / APPEAR_MS)) ** 3;
}
