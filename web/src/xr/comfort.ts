/**
 * What is dimmed so that nobody feels sick: the edge of the view while one is moved without walking, all of it for the
 * blink of a teleport and while the head is in a wall. The edge also reddens when one is hurt, and is dim while one is dead.
 * Pure: amounts, no pictures.
 */
import type { Vignette } from "../core/headset_settings";
import { approach } from "../systems/movement";

/** Half the angle that stays clear: beyond what displays show, and at full speed, radians. */
const CLEAR_RAD = 1;
const NARROW_RAD: { readonly [kind in Vignette]: number } = { off: CLEAR_RAD, weak: 0.7, strong: 0.45 };
/** The edge closes at once and opens gently, per second. */
const CLOSES_PER_S = 12;
const OPENS_PER_S = 5;
/** Lids close and open within so many seconds. */
const LIDS_CLOSE_S = 0.07;
const LIDS_OPEN_S = 0.16;
/** A wall around the head darkens within this time, seconds. */
const WALL_S = 0.18;
/** In a wall a trace of light stays: it is no black screen. */
const WALL_DARKNESS = 0.97;
/** How dim the edge is of whoever is dead, whatever they wish: half the angle that stays clear, radians. */
const DEAD_RAD = 0.6;
/** How red the edge gets at most, and within how many seconds it is as before. */
const RED_MAX = 0.6;
const RED_S = 0.8;
/** Less than this is nothing. */
const NOTHING = 0.01;

export class Comfort {
  /** How fast one is moved, of the fastest, 0 to 1; written in each frame. */
  motion = 0;
  /** Whether the head is in something solid, or behind it. */
  walled = false;
  /** Half the angle that is clear, radians; undefined while all is. */
  clear_rad: number | undefined;
  /** 0 sees all, 1 sees nothing. */
  darkness = 0;
  /** Whether the visitor is dead. */
  dead = false;
  /** How red the edge is, 0 to 1. */
  redness = 0;
  #edge = 0;
  #dead = 0;
  #lids = 0;
  #closing = false;
  #wall = 0;

  /** Closes the eyes until they are opened. */
  close(): void {
    this.#closing = true;
  }

  open(): void {
    this.#closing = false;
  }

  /** The edge reddens, 0 to 1; what hurts over and over makes it no redder than so. */
  redden(strength: number): void {
    this.redness = Math.min(RED_MAX, this.redness + strength * RED_MAX);
  }

  /** The head has been in a wall long enough to be told. */
  get stuck(): boolean {
    return this.walled && this.#wall >= 1;
  }

  /** Nothing is seen: what happens now is not noticed. */
  get closed(): boolean {
    return this.#closing && this.#lids >= 1;
  }

  advance(vignette: Vignette, dt_s: number): void {
    this.#edge = approach(this.#edge, this.motion, this.motion > this.#edge ? CLOSES_PER_S : OPENS_PER_S, dt_s);
    const edge = vignette === "off" || this.#edge < NOTHING ? 0 : this.#edge;
    this.#dead = approach(this.#dead, Number(this.dead), OPENS_PER_S, dt_s);
    const moved_rad = CLEAR_RAD + (NARROW_RAD[vignette] - CLEAR_RAD) * edge;
    const dead_rad = CLEAR_RAD + (DEAD_RAD - CLEAR_RAD) * this.#dead;
    this.clear_rad = edge === 0 && this.#dead < NOTHING ? undefined : Math.min(moved_rad, dead_rad);
    this.redness = Math.max(0, this.redness - (RED_MAX * dt_s) / RED_S);
    this.#lids = towards(this.#lids, this.#closing, dt_s, LIDS_CLOSE_S, LIDS_OPEN_S);
    this.#wall = towards(this.#wall, this.walled, dt_s, WALL_S, WALL_S);
    this.darkness = Math.max(this.#lids, this.#wall * WALL_DARKNESS);
  }
}

function towards(value: number, rises: boolean, dt_s: number, rise_s: number, fall_s: number): number {
  return rises ? Math.min(1, value + dt_s / rise_s) : Math.max(0, value - dt_s / fall_s);
}
