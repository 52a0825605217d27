/**
 * Other people, however many: near ones with face and hands, farther ones simpler, the farthest of a few triangles.
 *
 * Owns how a person looks and moves up and down in the picture; poses and identities are handed in each frame as plain
 * numbers, so that a thousand people cost no garbage. Everyone handed in is drawn, or would be if one looked there.
 */
import type { Mesh } from "@babylonjs/core/Meshes/mesh";
import type { Scene } from "@babylonjs/core/scene";
import { SIDE, type Side, composeAtRest, composeReaching } from "./arms";
import { BODY_BACK_M, BODY_DROP_M, bodyShape, faceShape, farShape, fistShape, handShape, headShape, simpleShape } from "./figures";
import { Hands } from "./hands";
import { LOD, type Lod, Lods } from "./lod";
import { composePose, composeUpright } from "./matrix";
import type { Surfaces } from "./surfaces";
import { Swarm } from "./swarm";
import type { ViewCone } from "./view_cone";

/** How long a person takes to appear, milliseconds; nothing pops. */
export const APPEAR_MS = 160;
/** Nearer than this to the eye a person is not drawn, metres: nobody looks into a head. */
export const NEAR_M = 0.38;
/** How far hands and body reach around a head, metres: this much beside the picture someone may still be seen. */
const PERSON_REACH_M = 1.2;
/** How far a standing person's shadow reaches, metres: with shadows, people beside the picture are drawn, too. */
const SHADOW_REACH_M = 3.5;
/** How grey someone becomes who is away. */
const AWAY_GREY = 0.78;
/** A face's own colours are shown as they are; someone's who is away, paler. */
const AWAY_FACE = 0.56;

/** People of the last frame by how finely they are drawn. */
export interface Figures {
  near: number;
  mid: number;
  far: number;
  /** Of them, how many were outside the picture and cost nothing. */
  unseen: number;
}

/** A person to draw; one object, filled anew for each. */
export interface Figure {
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
  left_thing: number;
  right_thing: number;
  lod: Lod;
  red: number;
  green: number;
  blue: number;
  away: boolean;
  /** Milliseconds since they appeared. */
  age_ms: number;
}

export class Crowd {
  readonly lods = new Lods();
  readonly figures: Figures = { near: 0, mid: 0, far: 0, unseen: 0 };
  /** Whether people throw shadows: then those beside the picture are drawn as well. */
  shadows = true;
  readonly #view: ViewCone;
  readonly #heads: Swarm;
  readonly #faces: Swarm;
  readonly #bodies: Swarm;
  /** Hands of fingers: of those near who have any, and one's own. */
  readonly hands: Hands;
  readonly #mittens: Swarm;
  readonly #fists: Swarm;
  readonly #simple: Swarm;
  readonly #far: Swarm;
  readonly #all: readonly Swarm[];

  constructor(scene: Scene, surfaces: Surfaces, view: ViewCone, onSwarm: (mesh: Mesh) => void) {
    this.#view = view;
    const swarm = (mesh: Mesh, gloss: number, shadows: boolean): Swarm => {
      mesh.material = surfaces.material({ grid: false, glow: 0, gloss }, false);
      mesh.receiveShadows = shadows;
      if (shadows) onSwarm(mesh);
      return new Swarm(mesh);
    };
    this.#heads = swarm(headShape(scene), 0.35, true);
    this.#faces = swarm(faceShape(scene), 0.6, true);
    this.#bodies = swarm(bodyShape(scene), 0.2, true);
    this.#mittens = swarm(handShape(scene), 0.2, true);
    this.#fists = swarm(fistShape(scene), 0.2, true);
    this.hands = new Hands(scene, surfaces, onSwarm);
    this.#simple = swarm(simpleShape(scene), 0.2, true);
    // So far away nobody sees a shadow, and a smooth gleam would look like a mirror.
    this.#far = swarm(farShape(scene), 0, false);
    this.#all = [this.#heads, this.#faces, this.#bodies, this.#mittens, this.#fists, this.#simple, this.#far];
  }

  /** People of the last frame, at all levels. */
  get drawn(): number {
    const { near, mid, far } = this.figures;
    return near + mid + far;
  }

  /** Begins a frame: everyone is drawn anew. */
  begin(): void {
    for (const swarm of this.#all) swarm.clear();
    this.hands.begin();
    Object.assign(this.figures, NOBODY);
  }

  /** Draws a person where they can be seen; returns whether they can. */
  draw(figure: Figure): boolean {
    const { poses, head, lod } = figure;
    const view = this.#view;
    view.aim(poses[head] ?? 0, poses[head + 1] ?? 0, poses[head + 2] ?? 0);
    this.#tally(lod);
    const { depth, across, above } = view;
    if (depth * depth + across * across + above * above < NEAR_M * NEAR_M) return false;
    if (!view.sees(this.shadows && lod !== LOD.far ? SHADOW_REACH_M : PERSON_REACH_M)) {
      this.figures.unseen += 1;
      return false;
    }
    if (figure.away) makeGrey(figure);
    const size = appearance(figure.age_ms);
    if (lod === LOD.near) this.#drawFull(figure, size);
    else this.#drawWhole(lod === LOD.mid ? this.#simple : this.#far, figure, size);
    return true;
  }

  end(): void {
    for (const swarm of this.#all) swarm.upload();
    this.hands.end();
  }

  #tally(lod: Lod): void {
    if (lod === LOD.near) this.figures.near += 1;
    else if (lod === LOD.mid) this.figures.mid += 1;
    else this.figures.far += 1;
  }

  #drawFull(figure: Figure, size: number): void {
    const { poses, head, left, right, red, green, blue, away } = figure;
    const face = away ? AWAY_FACE : 1;
    addPart(this.#heads, red, green, blue, poses, head, size);
    addPart(this.#faces, face, face, face, poses, head, size);
    // The body hangs a little behind the face and turns with it, but never tilts.
    const at = this.#bodies.add(red, green, blue);
    composeUpright(this.#bodies.matrices, at, poses, head, size, BODY_DROP_M, BODY_BACK_M);
    if (left < 0) this.#drawUntracked(figure, SIDE.left, figure.left_thing, size);
    else this.#drawHand(figure, left, figure.left_joints, size);
    if (right < 0) this.#drawUntracked(figure, SIDE.right, figure.right_thing, size);
    else this.#drawHand(figure, right, figure.right_joints, size);
  }

  /** A hand that rests, or is closed on what it holds. */
  #drawUntracked({ poses, head, things, red, green, blue }: Figure, side: Side, thing: number, size: number): void {
    const swarm = thing < 0 ? this.#mittens : this.#fists;
    const at = swarm.add(red, green, blue);
    if (thing < 0) composeAtRest(swarm.matrices, at, poses, head, side, size);
    else composeReaching(swarm.matrices, at, poses, head, side, size, things, thing);
  }

  #drawHand({ poses, joints, red, green, blue }: Figure, hand: number, from: number, size: number): void {
    if (from < 0) addPart(this.#mittens, red, green, blue, poses, hand, size);
    else this.hands.draw(poses, hand, joints, from, red, green, blue);
  }

  #drawWhole(swarm: Swarm, { poses, head, red, green, blue }: Figure, size: number): void {
    const at = swarm.add(red, green, blue);
    composeUpright(swarm.matrices, at, poses, head, size, 0, 0);
  }
}

function addPart(
  swarm: Swarm,
  red: number,
  green: number,
  blue: number,
  poses: Float32Array,
  pose: number,
  size: number,
): void {
  const at = swarm.add(red, green, blue);
  composePose(swarm.matrices, at, poses, pose, size);
}

const NOBODY: Figures = { near: 0, mid: 0, far: 0, unseen: 0 };

/** Grows from nothing to full size, ending softly. */
function appearance(age_ms: number): number {
  if (age_ms >= APPEAR_MS) return 1;
  return 1 - (1 - Math.max(0.05, age_ms / APPEAR_MS)) ** 3;
}

function makeGrey(figure: Figure): void {
  const light = 0.35 + 0.35 * (0.299 * figure.red + 0.587 * figure.green + 0.114 * figure.blue);
  figure.red += (light - figure.red) * AWAY_GREY;
  figure.green += (light - figure.green) * AWAY_GREY;
  figure.blue += (light - figure.blue) * AWAY_GREY;
}
