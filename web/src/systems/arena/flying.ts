/**
 * Shots: what the room tells of them becomes what is seen and heard, and one's own are seen at once, before it has told.
 *
 * Owns which of one's own shots the room has not confirmed yet. All are drawn on the clock on which others are (`render_ms`): what
 * somebody shoots leaves the place where they are seen.
 */
import type { ShotNews } from "../../core/arena";
import type { GunKind, Weapon } from "../../core/guns";
import type { SoundName } from "../../core/sounds";
import type { ArenaScene } from "../../scene/arena/arena";
import type { Vector } from "../../scene/matrix";
import type { Context } from "../context";
import type { Noises } from "./noises";

/** How large a weapon's flash is in others' hands, and before one's own eyes where all of it is drawn small, metres. */
const FLASH_M: { readonly [kind in GunKind]: number } = { pistol: 0.3, shotgun: 0.5, rifle: 0.34, launcher: 0.5 };
const OWN_FLASH = 0.32;
/** What a monster throws begins with this much light, metres. */
const FIRE_FLASH_M = 0.6;
/** A shot of one's own of which the room says nothing for so long was refused, milliseconds. */
const UNCONFIRMED_MS = 1_500;
/** Others hold their weapon so far from their eye, from which their shots are told: to the right, down, ahead, metres. */
const HELD = [0.16, -0.22, 0.55] as const;

/** One's own that fly and have no number of the room's yet. */
interface Predicted {
  readonly id: number;
  readonly at_ms: number;
}

export class Flying {
  readonly #context: Context;
  readonly #scene: ArenaScene;
  readonly #noises: Noises;
  /** One's own numbers are negative. */
  #next = -1;
  #waiting: Predicted[] = [];
  /** Shots that are there at once and of which the room has not told, and when the last of them was. */
  #tracers = 0;
  #traced_ms = -Infinity;
  #flashed_ms = NaN;
  /** Under which number one's own fly here. */
  readonly #own = new Map<number, number>();
  readonly #from: [number, number, number] = [0, 0, 0];

  constructor(context: Context, scene: ArenaScene, noises: Noises) {
    this.#context = context;
    this.#scene = scene;
    this.#noises = noises;
  }

  /** A shot of one's own that ends about there, as far as one knows here. What it hits the room will say. */
  shoot(weapon: Weapon, muzzle: Vector, to: Vector, now_ms: number, first: boolean): void {
    const flies = weapon.speed_m_s > 0;
    const id = this.#next;
    this.#next -= 1;
    const small = this.#context.stage.rig.tracked ? 1 : OWN_FLASH;
    // What a slow frame made up for is one flash.
    const flashes = first && now_ms !== this.#flashed_ms;
    if (flashes) this.#flashed_ms = now_ms;
    const shown = { id, from: muzzle, to, speed_m_s: weapon.speed_m_s, started_ms: now_ms, hit: "nothing", flash_m: flashes ? FLASH_M[weapon.kind] * small : 0 } as const;
    this.#scene.shots.add({ ...shown, kind: flies ? "bullet" : "tracer" });
    if (flies) this.#waiting.push({ id, at_ms: now_ms });
    else {
      this.#tracers += 1;
      this.#traced_ms = now_ms;
    }
  }

  /** What became of shots; `self` is the index of one's own avatar. */
  hear(news: readonly ShotNews[], self: number, now_ms: number): void {
    if (now_ms - this.#traced_ms > UNCONFIRMED_MS) this.#tracers = 0;
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter(({ at_ms }) => now_ms - at_ms < UNCONFIRMED_MS);
    for (const shot of news) {
      if (shot.by === self && self >= 0) this.#hearOwn(shot, now_ms);
      else this.#hearOther(shot, now_ms);
    }
  }

  #hearOwn(shot: ShotNews, now_ms: number): void {
    const { id, ended, met, from, to, speed_m_s } = shot;
    if (ended && met === "body") this.#context.app.arena.hits$.next(this.#context.app.arena.hits$.value + 1);
    if (ended) this.#land(shot);
    if (speed_m_s === 0) {
      // Seen already; one that another tab of ours shot is not.
      if (this.#tracers > 0) this.#tracers -= 1;
      else this.#scene.shots.add({ id, kind: "tracer", from, to, speed_m_s, started_ms: now_ms, hit: "nothing" });
      this.#scene.shots.meet(to, wayOf(from, to), met, now_ms);
      return;
    }
    if (ended) {
      const own = this.#own.get(id) ?? id;
      if (!this.#scene.shots.flies(own)) this.#scene.shots.meet(to, wayOf(from, to), met, now_ms);
      this.#scene.shots.end(own, to, met, now_ms);
      this.#own.delete(id);
      return;
    }
    const known = this.#waiting.shift();
    if (known !== undefined) this.#own.set(id, known.id);
    else this.#scene.shots.add({ id, kind: "bullet", from, to, speed_m_s, started_ms: shot.at_ms, hit: "nothing" });
  }

  #hearOther(shot: ShotNews, now_ms: number): void {
    const { id, by, kind, ended, met, to, speed_m_s } = shot;
    if (ended) this.#land(shot);
    if (speed_m_s > 0 && ended) {
      if (this.#scene.shots.flies(id)) this.#scene.shots.end(id, to, met, now_ms);
      return;
    }
    const gun = this.#context.arena.armed.get(by);
    const from = gun === undefined || kind === "fireball" ? shot.from : this.#held(shot.from, to);
    const flash_m = kind === "fireball" ? FIRE_FLASH_M : FLASH_M[gun ?? "pistol"];
    const shown = speed_m_s === 0 ? "tracer" : kind;
    this.#scene.shots.add({ id, kind: shown, from, to, speed_m_s, started_ms: speed_m_s === 0 ? now_ms : shot.at_ms, hit: speed_m_s === 0 ? met : "nothing", flash_m });
    this.#noises.shot(kind === "fireball" ? "fireball" : SHOT_SOUNDS[gun ?? "pistol"], shot.from);
  }

  /** What is heard where it ends. */
  #land({ kind, met, to }: ShotNews): void {
    if (kind === "fireball") this.#noises.shot("burst", to);
    else if (met !== "nothing") this.#noises.shot(met === "body" ? "body_hit" : "wall_hit", to);
  }

  /** A shot is told from an eye, and seen from the weapon that its owner holds before them. */
  #held([x, y, z]: Vector, to: Vector): Vector {
    const [dx, dy, dz] = wayOf([x, y, z], to);
    const flat = Math.hypot(dx, dz) || 1;
    const [right, down, ahead] = HELD;
    this.#from[0] = x + (dz / flat) * right + dx * ahead;
    this.#from[1] = y + down + dy * ahead;
    this.#from[2] = z - (dx / flat) * right + dz * ahead;
    return this.#from;
  }
}

/** How each kind of weapon sounds. */
export const SHOT_SOUNDS: { readonly [kind in GunKind]: SoundName } = { pistol: "shot", shotgun: "shotgun", rifle: "rifle", launcher: "launcher" };

function wayOf(from: Vector, to: Vector): Vector {
  const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const long = Math.hypot(dx, dy, dz) || 1;
  return [dx / long, dy / long, dz / long];
}

