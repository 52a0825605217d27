/**
 * Shots as they are seen: flashes, streaks, what flies, and what they leave behind where they end.
 *
 *     shots.add({ id, kind: "bullet", from, to, speed_m_s, started_ms, hit });   // it begins, or is there at once
 *     shots.end(id, at, hit);                                                   // it has ended there
 *     shots.draw(now_ms);                                                       // each frame, on the clock of `started_ms`
 *
 * What flies is where its beginning, direction and speed put it by the clock, until it is told to have ended. Owns at most `SHOTS_MAX`
 * at once, the oldest give way; makes no garbage while it draws. Must not know who shoots.
 */
import type { Met } from "../../core/arena";
import type { Sprites } from "../arena/sprites";
import type { Vector } from "../matrix";

/** Shots in the air and streaks that are still seen; marks on walls; puffs and sparks. */
export const SHOTS_MAX = 256;
export const MARKS_MAX = 64;
const PUFFS_MAX = 96;
/** How long a streak, a flash, a spark and a burst are seen, milliseconds. */
export const TRACER_MS = 60;
const FLASH_MS = 55;
const SPARK_MS = 260;
const PUFF_MS = 320;
const BURST_MS = 420;
/** A mark fades in so long, milliseconds. */
export const MARK_MS = 8_000;
/** What flies is given up this long after it should have ended, milliseconds: nobody said so. */
const LOST_MS = 600;
/** A trail is so long, seconds of its way. */
const TRAIL_S = { bullet: 0.05, fireball: 0.24 } as const;
const SPARKS = 5;

export type ShotKind = "bullet" | "tracer" | "fireball";

export interface Shot {
  readonly id: number;
  /** A tracer is there at once; the others fly. */
  readonly kind: ShotKind;
  readonly from: Vector;
  readonly to: Vector;
  readonly speed_m_s: number;
  /** On the clock of `draw`, milliseconds. */
  readonly started_ms: number;
  readonly hit: Met;
  /** How large the flash where it begins is, metres; none: 0. */
  readonly flash_m?: number;
}

/** What is in the air, or was a moment ago. */
class Flight {
  id = 0;
  used = false;
  kind: ShotKind = "tracer";
  started_ms = 0;
  speed_m_s = 0;
  long_m = 0;
  flash_m = 0;
  hit: Met = "nothing";
  /** Its mark is made when it arrives. */
  arrives = true;
  readonly from = new Float32Array(3);
  readonly along = new Float32Array(3);
}

/** What is left on a wall. */
class Mark {
  readonly at = new Float32Array(3);
  readonly normal = new Float32Array(3);
  made_ms = -Infinity;
  radius = 0;
}

/** A burst of sparks, a puff, or a fireball's end. */
class Puff {
  kind: "spark" | "body" | "burst" = "spark";
  made_ms = -Infinity;
  seed = 0;
  readonly at = new Float32Array(3);
  readonly normal = new Float32Array(3);
}

/** Writes the normal of the wall at a place into `out`. */
export type NormalAt = (out: [number, number, number], x: number, y: number, z: number, along: Vector) => void;

export class Shots {
  /** Where the brightest of them is, for a lamp: place and how bright, 0 for none. */
  readonly light: { x: number; y: number; z: number; bright: number } = { x: 0, y: 0, z: 0, bright: 0 };
  /** Whether there are marks that have not faded. */
  fading = false;
  readonly #sprites: Sprites;
  readonly #normalAt: NormalAt;
  readonly #flights = Array.from({ length: SHOTS_MAX }, () => new Flight());
  readonly #marks = Array.from({ length: MARKS_MAX }, () => new Mark());
  readonly #puffs = Array.from({ length: PUFFS_MAX }, () => new Puff());
  readonly #normal: [number, number, number] = [0, 1, 0];
  #next = 0;
  #next_mark = 0;
  #next_puff = 0;
  #now_ms = 0;

  constructor(sprites: Sprites, normalAt: NormalAt) {
    this.#sprites = sprites;
    this.#normalAt = normalAt;
  }

  /** How many are in the air or still seen. */
  get count(): number {
    return this.#flights.reduce((sum, { used }) => sum + Number(used), 0);
  }

  add(shot: Shot): void {
    const flight = this.#flights[this.#next] as Flight;
    this.#next = (this.#next + 1) % SHOTS_MAX;
    const [dx, dy, dz] = [shot.to[0] - shot.from[0], shot.to[1] - shot.from[1], shot.to[2] - shot.from[2]];
    const long_m = Math.hypot(dx, dy, dz);
    const { id, kind, started_ms, speed_m_s, hit, flash_m = 0 } = shot;
    Object.assign(flight, { id, kind, started_ms, speed_m_s, hit, long_m, flash_m, used: true, arrives: true });
    flight.from.set(shot.from);
    flight.along.set(long_m > 0 ? [dx / long_m, dy / long_m, dz / long_m] : [0, 0, 1]);
    if (kind === "tracer") this.#arrive(flight, shot.to[0], shot.to[1], shot.to[2], started_ms);
  }

  /** Whether a shot of this number flies. */
  flies(id: number): boolean {
    return this.#find(id) !== undefined;
  }

  /** What flew has ended there; one that nobody knew of is seen to end. */
  end(id: number, at: Vector, hit: Met, now_ms = this.#now_ms): void {
    const flight = this.#find(id);
    if (flight !== undefined) {
      flight.hit = hit;
      this.#arrive(flight, at[0], at[1], at[2], now_ms);
      flight.used = false;
    }
  }

  /** What somebody met there, without a streak that led to it. */
  meet(at: Vector, along: Vector, hit: Met, now_ms: number): void {
    this.#leave(at[0], at[1], at[2], along, hit, "bullet", now_ms);
  }

  /** Draws all of them; true while anything moves. Marks only fade (`fading`). */
  draw(now_ms: number): boolean {
    this.#now_ms = now_ms;
    this.light.bright = 0;
    let [moves, fading] = [false, false];
    for (const flight of this.#flights) moves = (flight.used && this.#fly(flight)) || moves;
    for (const mark of this.#marks) fading = this.#showMark(mark) || fading;
    for (const puff of this.#puffs) moves = this.#showPuff(puff) || moves;
    this.fading = fading;
    return moves;
  }

  #find(id: number): Flight | undefined {
    for (const flight of this.#flights) if (flight.used && flight.id === id && flight.kind !== "tracer") return flight;
    return undefined;
  }

  /** Draws one; false once it is over. */
  #fly(flight: Flight): boolean {
    const age_ms = this.#now_ms - flight.started_ms;
    if (age_ms < FLASH_MS && flight.flash_m > 0) this.#flash(flight, 1 - Math.max(0, age_ms) / FLASH_MS);
    if (flight.kind === "tracer") return this.#streak(flight, age_ms);
    if (age_ms < 0) return true;
    const gone_m = (flight.speed_m_s * age_ms) / 1_000;
    // It is where it ends if nothing was in its way; that it has ended is told, or soon believed.
    if ((gone_m - flight.long_m) / flight.speed_m_s > LOST_MS / 1_000) {
      this.#arriveAtEnd(flight);
      flight.used = false;
      return false;
    }
    this.#body(flight, Math.min(gone_m, flight.long_m));
    return true;
  }

  #arriveAtEnd(flight: Flight): void {
    const { from, along, long_m } = flight;
    this.#arrive(flight, (from[0] ?? 0) + (along[0] ?? 0) * long_m, (from[1] ?? 0) + (along[1] ?? 0) * long_m, (from[2] ?? 0) + (along[2] ?? 0) * long_m, this.#now_ms);
  }

  #streak(flight: Flight, age_ms: number): boolean {
    const share = age_ms / TRACER_MS;
    if (share >= 1) {
      flight.used = age_ms < FLASH_MS;
      return flight.used;
    }
    const { from, along, long_m } = flight;
    const bright = 1 - Math.max(0, share) * 0.75;
    // It leaves the muzzle behind.
    const begin = long_m * 0.6 * Math.max(0, share) ** 2;
    const [x, y, z] = [from[0] ?? 0, from[1] ?? 0, from[2] ?? 0];
    const [dx, dy, dz] = [along[0] ?? 0, along[1] ?? 0, along[2] ?? 0];
    this.#sprites.line(x + dx * begin, y + dy * begin, z + dz * begin, x + dx * long_m, y + dy * long_m, z + dz * long_m, 0.024, 1.3 * bright, 0.95 * bright, 0.42 * bright);
    return true;
  }

  /** What flies: a bullet is a short bright line, a fireball a ball of light with a tail. */
  #body(flight: Flight, gone_m: number): void {
    const { from, along, speed_m_s, kind, id } = flight;
    const [dx, dy, dz] = [along[0] ?? 0, along[1] ?? 0, along[2] ?? 0];
    const [x, y, z] = [(from[0] ?? 0) + dx * gone_m, (from[1] ?? 0) + dy * gone_m, (from[2] ?? 0) + dz * gone_m];
    const fire = kind === "fireball";
    const tail_m = Math.min(gone_m, speed_m_s * (fire ? TRAIL_S.fireball : TRAIL_S.bullet));
    const flicker = fire ? 1 + 0.12 * Math.sin(this.#now_ms * 0.045 + id) : 1;
    if (fire) {
      this.#sprites.streak(x - dx * tail_m, y - dy * tail_m, z - dz * tail_m, x, y, z, 0.2 * flicker, 1.2, 0.36, 0.06);
      this.#sprites.glow(x, y, z, 0.85 * flicker, 0.42, 0.13, 0.03);
      this.#sprites.glow(x, y, z, 0.32 * flicker, 1.8, 0.8, 0.2, 0.5);
      this.#shine(x, y, z, 1);
    } else {
      this.#sprites.streak(x - dx * tail_m, y - dy * tail_m, z - dz * tail_m, x, y, z, 0.055, 1.6, 0.9, 0.4);
      this.#sprites.glow(x, y, z, 0.3, 0.75, 0.35, 0.14);
    }
  }

  #flash(flight: Flight, share: number): void {
    const { from, along, flash_m, id } = flight;
    const [x, y, z] = [from[0] ?? 0, from[1] ?? 0, from[2] ?? 0];
    const [dx, dy, dz] = [along[0] ?? 0, along[1] ?? 0, along[2] ?? 0];
    const fire = flight.kind === "fireball";
    const [red, green, blue] = fire ? [1.2, 0.45, 0.1] : [1.5, 1, 0.45];
    this.#sprites.glow(x + dx * flash_m * 0.25, y + dy * flash_m * 0.25, z + dz * flash_m * 0.25, flash_m * (0.6 + 0.4 * share), red * share, green * share, blue * share);
    this.#sprites.streak(x + dx * flash_m * 0.9, y + dy * flash_m * 0.9, z + dz * flash_m * 0.9, x, y, z, flash_m * 0.3, red * share, green * share, blue * share);
    // Two tongues aside, another way each time.
    const turn = id * 2.4;
    const [ax, ay] = [Math.cos(turn) * flash_m * 0.5, Math.sin(turn) * flash_m * 0.5];
    const [sx, sz] = [-dz * ax, dx * ax];
    this.#sprites.streak(x + sx, y + ay, z + sz, x, y, z, flash_m * 0.14, red * share, green * share, blue * share);
    this.#sprites.streak(x - sx, y - ay, z - sz, x, y, z, flash_m * 0.14, red * share, green * share, blue * share);
    this.#shine(x, y, z, 0.8 * share);
  }

  #shine(x: number, y: number, z: number, bright: number): void {
    if (bright <= this.light.bright) return;
    this.light.x = x;
    this.light.y = y;
    this.light.z = z;
    this.light.bright = bright;
  }

  // ---- what is left where it ends ---------------------------------------------------------------------------------

  #arrive(flight: Flight, x: number, y: number, z: number, now_ms: number): void {
    if (!flight.arrives) return;
    flight.arrives = false;
    ALONG[0] = flight.along[0] ?? 0;
    ALONG[1] = flight.along[1] ?? 0;
    ALONG[2] = flight.along[2] ?? 0;
    this.#leave(x, y, z, ALONG, flight.hit, flight.kind, now_ms);
  }

  #leave(x: number, y: number, z: number, along: Vector, hit: Met, kind: ShotKind, now_ms: number): void {
    const fire = kind === "fireball";
    if (hit === "nothing" && !fire) return;
    const normal = this.#normal;
    if (hit === "thing") this.#normalAt(normal, x, y, z, along);
    else [normal[0], normal[1], normal[2]] = [-along[0], -along[1], -along[2]];
    this.#puff(fire ? "burst" : hit === "body" ? "body" : "spark", x, y, z, now_ms);
    if (hit !== "thing") return;
    const mark = this.#marks[this.#next_mark] as Mark;
    this.#next_mark = (this.#next_mark + 1) % MARKS_MAX;
    mark.at.set([x, y, z]);
    mark.normal.set(normal);
    mark.made_ms = now_ms;
    mark.radius = fire ? 0.42 : 0.07;
  }

  #puff(kind: Puff["kind"], x: number, y: number, z: number, now_ms: number): void {
    const puff = this.#puffs[this.#next_puff] as Puff;
    this.#next_puff = (this.#next_puff + 1) % PUFFS_MAX;
    puff.kind = kind;
    puff.made_ms = now_ms;
    puff.seed = (puff.seed * 7 + this.#next_puff * 13 + 5) % 97;
    puff.at.set([x, y, z]);
    puff.normal.set(this.#normal);
  }

  #showMark(mark: Mark): boolean {
    const age_ms = this.#now_ms - mark.made_ms;
    if (age_ms >= MARK_MS) return false;
    const { at, normal, radius } = mark;
    const cover = Math.min(1, (MARK_MS - age_ms) / 3_000) * 0.8;
    const [x, y, z] = [at[0] ?? 0, at[1] ?? 0, at[2] ?? 0];
    const [nx, ny, nz] = [normal[0] ?? 0, normal[1] ?? 1, normal[2] ?? 0];
    this.#sprites.mark(x, y, z, nx, ny, nz, radius, cover);
    // Hot for a moment.
    const hot = 1 - age_ms / 700;
    if (hot > 0) this.#sprites.glow(x + nx * 0.02, y + ny * 0.02, z + nz * 0.02, radius * 0.9, 1.1 * hot, 0.4 * hot, 0.1 * hot);
    return true;
  }

  #showPuff(puff: Puff): boolean {
    const age_ms = this.#now_ms - puff.made_ms;
    const [x, y, z] = [puff.at[0] ?? 0, puff.at[1] ?? 0, puff.at[2] ?? 0];
    const lasts_ms = puff.kind === "burst" ? BURST_MS : puff.kind === "body" ? PUFF_MS : SPARK_MS;
    const share = age_ms / lasts_ms;
    if (share < 0 || share >= 1) return false;
    if (puff.kind === "burst") this.#showBurst(puff, x, y, z, share);
    else if (puff.kind === "body") this.#showBody(puff, x, y, z, share);
    else this.#showSpark(puff, x, y, z, share);
    return true;
  }

  /** Sparks that fly off a wall and fall, and a little dust. */
  #showSpark({ normal, seed }: Puff, x: number, y: number, z: number, share: number): void {
    const left = 1 - share;
    const [nx, ny, nz] = [normal[0] ?? 0, normal[1] ?? 1, normal[2] ?? 0];
    this.#sprites.glow(x + nx * 0.05, y + ny * 0.05, z + nz * 0.05, 0.2, 1.3 * left * left, 0.85 * left * left, 0.35 * left * left);
    const dust = 0.25 * left;
    this.#sprites.glow(x + nx * 0.2 * share, y + ny * 0.2 * share + 0.04, z + nz * 0.2 * share, 0.1 + 0.16 * share, 0.2 * dust, 0.2 * dust, 0.21 * dust, dust);
    this.#scatter(seed, x, y, z, nx, ny, nz, share, 0.75, 1.4 * left, 0.8 * left, 0.25 * left, 0.013);
  }

  /** A soft puff, and a few shreds that fly apart. */
  #showBody({ normal, seed }: Puff, x: number, y: number, z: number, share: number): void {
    const left = 1 - share;
    const [nx, ny, nz] = [normal[0] ?? 0, normal[1] ?? 1, normal[2] ?? 0];
    const cover = 0.5 * left;
    this.#sprites.glow(x, y + 0.05 * share, z, 0.12 + 0.26 * share, 0.6 * cover, 0.68 * cover, 0.62 * cover, cover);
    this.#sprites.glow(x, y, z, 0.22, 0.9 * left * left, 0.95 * left * left, 0.8 * left * left);
    this.#scatter(seed, x, y, z, nx, ny, nz, share, 0.5, 0.9 * left, 1 * left, 0.8 * left, 0.02);
  }

  #showBurst({ normal, seed }: Puff, x: number, y: number, z: number, share: number): void {
    const left = 1 - share;
    const [nx, ny, nz] = [normal[0] ?? 0, normal[1] ?? 1, normal[2] ?? 0];
    this.#sprites.glow(x, y, z, 0.5 + 1.3 * Math.sqrt(share), 1.3 * left * left, 0.5 * left * left, 0.12 * left * left);
    const smoke = 0.5 * left;
    this.#sprites.glow(x + nx * 0.3 * share, y + 0.4 * share, z + nz * 0.3 * share, 0.35 + 0.6 * share, 0.1 * smoke, 0.08 * smoke, 0.08 * smoke, smoke);
    this.#scatter(seed, x, y, z, nx, ny, nz, share, 1.6, 1.5 * left, 0.7 * left, 0.15 * left, 0.035);
    this.#shine(x, y, z, left);
  }

  #scatter(seed: number, x: number, y: number, z: number, nx: number, ny: number, nz: number, share: number, far_m: number, red: number, green: number, blue: number, radius: number): void {
    for (let spark = 0; spark < SPARKS; spark += 1) {
      const turn = seed + spark * 2.4;
      const out = far_m * (0.55 + 0.45 * Math.sin(seed * 3 + spark * 5));
      const [vx, vy, vz] = [nx + 0.8 * Math.sin(turn), ny + 0.55 + 0.5 * Math.cos(turn * 1.7), nz + 0.8 * Math.cos(turn)];
      const [a, b] = [share, Math.max(0, share - 0.14)];
      const [fall_a, fall_b] = [-1.1 * far_m * a * a, -1.1 * far_m * b * b];
      this.#sprites.streak(
        x + vx * out * 0.5 * b,
        y + vy * out * 0.5 * b + fall_b,
        z + vz * out * 0.5 * b,
        x + vx * out * 0.5 * a,
        y + vy * out * 0.5 * a + fall_a,
        z + vz * out * 0.5 * a,
        radius,
        red,
        green,
        blue,
      );
    }
  }
}

/** The way of a shot that has just ended; one for all. */
const ALONG: [number, number, number] = [0, 0, 1];
