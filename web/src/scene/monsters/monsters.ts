/**
 * Monsters, however many: those nearby move limb by limb, farther ones in a few pieces; each kind in a handful of draw calls.
 *
 *     monsters.show(list, now_ms);    // each frame, before the picture
 *
 * Owns how each has moved so far (stride by distance, flashes, bars of health); where they are and what they are about is handed in as
 * plain data. Makes no garbage once as many were there before.
 */
import { DOING, MONSTERS_MAX, MONSTER_KINDS, type Monster, type MonsterKind } from "../../core/arena";
import type { Sprites } from "../arena/sprites";
import type { Swarm } from "../swarm";
import type { ViewCone } from "../view_cone";
import { type Breed, type Motion, type Part, smooth } from "./breed";
import { BRUTE } from "./brute";
import { POSE_FLOATS, Skeleton, multiply } from "./skeleton";
import { SPITTER } from "./spitter";
import { WALKER } from "./walker";

export const BREEDS: { readonly [kind in MonsterKind]: Breed } = { walker: WALKER, spitter: SPITTER, brute: BRUTE };

/** Up to here limbs are told apart, metres, and so many at most: both times what the machine affords. */
export const NEAR_MONSTER_M = 26;
export const NEAR_MONSTERS_MAX = 40;
/** Up to here legs go one before the other, metres, of so many at most beside those; the others are of a few dozen triangles. */
export const FAR_MONSTER_M = 55;
export const FAR_MONSTERS_MAX = 90;
/** A hit is seen so long, milliseconds, and the bar of what is left after it. */
const FLASH_MS = 220;
/** How white it gets: a weapon that hits eight times a second must not make it flicker. */
const FLASH = 0.5;
const BAR_MS = 3_000;
/** Larger than this one is a boss. */
const BOSS_FROM = 1.25;
/** A pose follows what it should be this fast, per second. */
const LIMBER_PER_S = 16;
/** At this speed a stride is as long as it gets, m/s. */
const FULL_GAIT_M_S = 0.9;
/** Faster than this one was put elsewhere, m/s. */
const PUT_M_S = 30;
const BONES_MAX = Math.max(...Object.values(BREEDS).map(({ bones }) => bones.length));
/** From falling to lying, and from when to when it goes up in embers, seconds. */
const FALL = { from_s: 0.12, until_s: 0.62, fades_s: 1, gone_s: 1.95 } as const;

/** One monster between two frames. */
class Being {
  id = -1;
  frame = 0;
  fresh = true;
  kind: MonsterKind = "walker";
  x = 0;
  z = 0;
  stride = 0;
  gait = 0;
  doing: number = DOING.stands;
  since_ms = 0;
  health_part = 1;
  hit_ms = -Infinity;
  charge = 0;
  readonly pose = new Float32Array(BONES_MAX * POSE_FLOATS);
}

/** A part of a kind and what draws it. */
interface Drawn {
  readonly part: Part;
  readonly swarm: Swarm;
}

interface Kind {
  readonly breed: Breed;
  readonly skeleton: Skeleton;
  readonly near: readonly Drawn[];
  readonly far: readonly Drawn[];
  readonly distant: readonly Drawn[];
}

export class Monsters {
  /** What the machine affords of distances and counts, 0 to 1. */
  share = 1;
  /** Told for each that stands on the ground: where, how wide, how sure. */
  onGround: ((x: number, y: number, z: number, radius: number, strength: number) => void) | undefined;
  /** How many were drawn in the last frame, limb by limb and in pieces, and how many not at all. */
  readonly count = { near: 0, far: 0, unseen: 0 };
  readonly swarms: Swarm[] = [];
  readonly #kinds: { readonly [kind in MonsterKind]: Kind };
  readonly #sprites: Sprites;
  readonly #view: ViewCone;
  readonly #beings = new Map<number, Being>();
  readonly #free: Being[] = [];
  readonly #root = new Float32Array(16);
  readonly #tilt = new Float32Array(16);
  readonly #under = new Float32Array(16);
  readonly #wanted = new Float32Array(BONES_MAX * POSE_FLOATS);
  readonly #motion: Motion = { stride: 0, gait: 0, doing: 0, since_s: 0, time_s: 0, hurt: 0 };
  readonly #distances = new Float32Array(MONSTERS_MAX);
  #frame = 0;
  #now_ms = 0;
  #dt_s = 0;
  #near_m = NEAR_MONSTER_M;
  #far_m = FAR_MONSTER_M;

  constructor(newSwarm: (name: string, part: Part) => Swarm, sprites: Sprites, view: ViewCone) {
    this.#sprites = sprites;
    this.#view = view;
    const drawn = (kind: MonsterKind, parts: readonly Part[]): readonly Drawn[] =>
      parts.map((part) => {
        const swarm = newSwarm(`${kind} ${part.name}`, part);
        this.swarms.push(swarm);
        return { part, swarm };
      });
    const kind = (name: MonsterKind): Kind => {
      const breed = BREEDS[name];
      return { breed, skeleton: new Skeleton(breed.bones), near: drawn(name, breed.near), far: drawn(name, breed.far), distant: drawn(name, breed.distant) };
    };
    this.#kinds = { walker: kind("walker"), spitter: kind("spitter"), brute: kind("brute") };
  }

  /** Draws these and no others, as they are at `now_ms`; true when any is there. */
  show(list: readonly Monster[], now_ms: number): boolean {
    this.#dt_s = Math.min(0.1, Math.max(0, (now_ms - this.#now_ms) / 1_000));
    this.#now_ms = now_ms;
    this.#frame += 1;
    for (const swarm of this.swarms) swarm.clear();
    this.count.near = this.count.far = this.count.unseen = 0;
    const shown = Math.min(list.length, MONSTERS_MAX);
    this.#measure(list, shown);
    for (let at = 0; at < shown; at += 1) this.#draw(list[at] as Monster, this.#distances[at] ?? 0);
    this.#forget();
    for (const swarm of this.swarms) swarm.upload();
    return shown > 0;
  }

  /** When a monster was last hit, on the clock of `show`. */
  hitAt(id: number): number {
    return this.#beings.get(id)?.hit_ms ?? -Infinity;
  }

  /** How far everyone is away; from that follows how many can be drawn limb by limb. */
  #measure(list: readonly Monster[], shown: number): void {
    const { x, y, z } = this.#view;
    for (let at = 0; at < shown; at += 1) {
      const monster = list[at] as Monster;
      const [dx, dy, dz] = [monster.x - x, monster.y - y, monster.z - z];
      this.#distances[at] = Math.sqrt(dx * dx + dy * dy + dz * dz) / monster.size;
    }
    this.#near_m = this.#reach(NEAR_MONSTER_M * this.share, NEAR_MONSTERS_MAX * this.share, shown);
    this.#far_m = this.#reach(FAR_MONSTER_M * this.share, (NEAR_MONSTERS_MAX + FAR_MONSTERS_MAX) * this.share, shown);
  }

  /** Within which distance there are no more than so many, about: a few rounds of shortening are near enough, and cost no sorting. */
  #reach(limit_m: number, most: number, shown: number): number {
    let reach_m = limit_m;
    for (let round = 0; round < 10; round += 1) {
      let within = 0;
      for (let at = 0; at < shown; at += 1) if ((this.#distances[at] ?? 0) < reach_m) within += 1;
      if (within <= most) break;
      reach_m *= 0.8;
    }
    return reach_m;
  }

  #beingOf(monster: Monster): Being {
    let being = this.#beings.get(monster.id);
    if (being === undefined) {
      being = this.#free.pop() ?? new Being();
      being.id = monster.id;
      being.fresh = true;
      this.#beings.set(monster.id, being);
    }
    if (being.kind !== monster.kind) being.fresh = true;
    being.frame = this.#frame;
    return being;
  }

  #forget(): void {
    for (const [id, being] of this.#beings) {
      if (being.frame === this.#frame) continue;
      this.#beings.delete(id);
      this.#free.push(being);
    }
  }

  #draw(monster: Monster, distance_m: number): void {
    const being = this.#beingOf(monster);
    this.#live(being, monster);
    const { breed } = this.#kinds[monster.kind];
    const high_m = breed.high_m * monster.size;
    this.#view.aim(monster.x, monster.y + high_m / 2, monster.z);
    if (!this.#view.sees(high_m * 1.6)) {
      this.count.unseen += 1;
      return;
    }
    const near = distance_m < this.#near_m;
    const { near: parts, far, distant } = this.#kinds[monster.kind];
    const drawn = near ? parts : distance_m < this.#far_m ? far : distant;
    if (near) this.count.near += 1;
    else this.count.far += 1;
    const since_s = (this.#now_ms - being.since_ms) / 1_000;
    const dies = monster.doing === DOING.dies;
    const there = dies ? 1 - smooth(FALL.fades_s, FALL.gone_s, since_s) : 1;
    if (there <= 0) return;
    this.#stand(monster, breed, dies ? fallen(since_s) : 0);
    this.#pose(being, monster, since_s);
    this.#drawParts(being, monster, drawn, there);
    this.#drawHalos(being, monster, there, distance_m);
    if (!dies) this.#drawBar(being, monster, distance_m);
    if (distance_m < 40) this.onGround?.(monster.x, monster.y, monster.z, breed.wide_m * 0.6 * monster.size, 0.55 * there);
  }

  /** What has become of it since the last frame. */
  #live(being: Being, monster: Monster): void {
    const { breed } = this.#kinds[monster.kind];
    const [dx, dz] = [monster.x - being.x, monster.z - being.z];
    const gone_m = Math.sqrt(dx * dx + dz * dz);
    const speed_m_s = this.#dt_s > 0 ? gone_m / this.#dt_s : 0;
    const goes = !being.fresh && speed_m_s < PUT_M_S && monster.doing !== DOING.dies;
    if (goes) being.stride = (being.stride + (gone_m / (breed.stride_m * monster.size)) * 2 * Math.PI) % (4 * Math.PI);
    const gait = goes ? Math.min(1, speed_m_s / (FULL_GAIT_M_S * monster.size)) : 0;
    being.gait += (gait - being.gait) * Math.min(1, this.#dt_s * 8);
    const hit = !being.fresh && monster.health_part < being.health_part - 1e-4;
    const began = being.fresh || being.doing !== monster.doing;
    if (began) being.since_ms = Number.isNaN(monster.since_ms) ? this.#now_ms : monster.since_ms;
    if (hit || (began && monster.doing === DOING.hurts)) being.hit_ms = this.#now_ms;
    being.kind = monster.kind;
    being.x = monster.x;
    being.z = monster.z;
    being.doing = monster.doing;
    being.health_part = monster.health_part;
  }

  /** Lays the ground matrix: where it stands and faces; who falls turns about their feet. */
  #stand({ x, y, z, yaw, size }: Monster, { lies_m, falls }: Breed, fallen: number): void {
    const root = this.#root;
    const [sine, cosine] = [Math.sin(yaw) * size, Math.cos(yaw) * size];
    root.fill(0);
    root[0] = cosine;
    root[2] = -sine;
    root[5] = size;
    root[8] = sine;
    root[10] = cosine;
    root[12] = x;
    root[13] = y;
    root[14] = z;
    root[15] = 1;
    if (fallen === 0 || falls === 0) return;
    const angle = falls * fallen * 1.5;
    const tilt = this.#tilt;
    tilt.fill(0);
    tilt[0] = tilt[15] = 1;
    tilt[5] = tilt[10] = Math.cos(angle);
    tilt[6] = Math.sin(angle);
    tilt[9] = -Math.sin(angle);
    tilt[13] = lies_m * fallen;
    this.#under.set(root);
    multiply(root, 0, tilt, this.#under, 0);
  }

  #pose(being: Being, monster: Monster, since_s: number): void {
    const { breed, skeleton } = this.#kinds[monster.kind];
    const motion = this.#motion;
    motion.stride = being.stride;
    motion.gait = being.gait;
    motion.doing = monster.doing;
    motion.since_s = since_s;
    motion.time_s = this.#now_ms / 1_000 + being.id * 1.37;
    motion.hurt = monster.doing === DOING.hurts ? Math.max(0, 1 - since_s / 0.35) : 0;
    const wanted = this.#wanted;
    for (let bone = 0; bone < breed.bones.length; bone += 1) wanted[bone * POSE_FLOATS + 6] = 1;
    being.charge = breed.pose(wanted, 0, motion);
    const share = being.fresh ? 1 : 1 - Math.exp(-LIMBER_PER_S * this.#dt_s);
    const floats = breed.bones.length * POSE_FLOATS;
    for (let at = 0; at < floats; at += 1) {
      being.pose[at] = (being.pose[at] ?? 0) + ((wanted[at] ?? 0) - (being.pose[at] ?? 0)) * share;
    }
    being.fresh = false;
    skeleton.solve(being.pose, 0, this.#root);
  }

  #drawParts(being: Being, monster: Monster, drawn: readonly Drawn[], there: number): void {
    const { breed, skeleton } = this.#kinds[monster.kind];
    const [red, green, blue] = monster.size > BOSS_FROM ? breed.boss_light : breed.light;
    const flash = Math.max(0, 1 - (this.#now_ms - being.hit_ms) / FLASH_MS) * FLASH;
    const state = there < 1 ? there : 1 + flash;
    // A dying light goes out.
    const lit = monster.doing === DOING.dies ? there * 0.5 : 1;
    for (const { part, swarm } of drawn) {
      const bright = lit * (part.charged === true ? 0.35 + being.charge : 1);
      for (const bone of part.bones) {
        const at = swarm.add(red * bright, green * bright, blue * bright, state);
        for (let cell = 0; cell < 16; cell += 1) swarm.matrices[at + cell] = skeleton.matrices[bone * 16 + cell] ?? 0;
      }
    }
  }

  /** Light around what shines; of eyes only where they look at whoever sees them. */
  #drawHalos(being: Being, monster: Monster, there: number, distance_m: number): void {
    const { breed, skeleton } = this.#kinds[monster.kind];
    const [red, green, blue] = monster.size > BOSS_FROM ? breed.boss_light : breed.light;
    const { x: eye_x, y: eye_y, z: eye_z } = this.#view;
    const lit = monster.doing === DOING.dies ? there * 0.3 : 0.34;
    for (const { bone, at, radius, around, charged } of breed.halos) {
      const m = skeleton.matrices;
      const from = bone * 16;
      const x = at[0] * (m[from] ?? 0) + at[1] * (m[from + 4] ?? 0) + at[2] * (m[from + 8] ?? 0) + (m[from + 12] ?? 0);
      const y = at[0] * (m[from + 1] ?? 0) + at[1] * (m[from + 5] ?? 0) + at[2] * (m[from + 9] ?? 0) + (m[from + 13] ?? 0);
      const z = at[0] * (m[from + 2] ?? 0) + at[1] * (m[from + 6] ?? 0) + at[2] * (m[from + 10] ?? 0) + (m[from + 14] ?? 0);
      const [dx, dy, dz] = [eye_x - x, eye_y - y, eye_z - z];
      const away = Math.sqrt(dx * dx + dy * dy + dz * dz) || 1;
      const faces = (dx * (m[from + 8] ?? 0) + dy * (m[from + 9] ?? 0) + dz * (m[from + 10] ?? 0)) / away / monster.size;
      const seen = around === true ? 0.45 + 0.55 * Math.max(0, faces) : smooth(0.1, 0.7, faces);
      // From afar small ones are lost in large ones.
      if (seen <= 0 || (distance_m > this.#far_m && radius < 0.3)) continue;
      // A little before the surface, so that it does not cut through; larger from afar, so that it is still seen.
      const before = Math.min(Math.max(0.12, radius * 0.5) * monster.size, away * 0.3) / away;
      const wide = radius * monster.size * (1 + Math.min(1, distance_m / 40));
      const bright = lit * seen * (charged === true ? 0.4 + being.charge : 1);
      this.#sprites.glow(x + dx * before, y + dy * before, z + dz * before, wide, red * bright, green * bright, blue * bright);
    }
  }

  /** What is left of who was hit a moment ago. */
  #drawBar(being: Being, { x, y, z, kind, size, health_part }: Monster, distance_m: number): void {
    const age_ms = this.#now_ms - being.hit_ms;
    if (age_ms > BAR_MS || health_part <= 0) return;
    const { breed } = this.#kinds[kind];
    const clear = 1 - smooth(BAR_MS - 500, BAR_MS, age_ms);
    const [half, thick] = [0.32 * Math.sqrt(size) * Math.max(1, distance_m / 14), 0.035 * Math.max(1, distance_m / 14)];
    const top = y + breed.high_m * size + 0.2;
    // To the right as the eye has it.
    const [dx, dz] = [x - this.#view.x, z - this.#view.z];
    const away = Math.sqrt(dx * dx + dz * dz) || 1;
    const [rx, rz] = [(dz / away) * half, (-dx / away) * half];
    const [red, green] = health_part > 0.5 ? [0.45, 0.85] : health_part > 0.25 ? [0.95, 0.7] : [0.95, 0.28];
    const left = health_part * 2 - 1;
    this.#sprites.bar(x - rx, top, z - rz, x + rx, top, z + rz, thick * 1.45, 0.02, 0.03, 0.05, 0.72 * clear);
    // Nearer to the eye than what it lies on.
    const [nx, nz] = [(-dx / away) * 0.03, (-dz / away) * 0.03];
    this.#sprites.bar(x - rx + nx, top, z - rz + nz, x + rx * left + nx, top, z + rz * left + nz, thick, red, green, 0.3, 0.95 * clear);
  }
}

/** How far somebody has fallen: slowly at first, once back a little from the ground. */
function fallen(since_s: number): number {
  const share = Math.min(1, Math.max(0, (since_s - FALL.from_s) / (FALL.until_s - FALL.from_s)));
  const bounce = since_s > FALL.until_s ? 0.05 * Math.exp(-(since_s - FALL.until_s) * 9) * Math.sin((since_s - FALL.until_s) * 18) : 0;
  return share * share - Math.abs(bounce);
}

/** Names of the kinds, for whoever reads a word. */
export function monsterKindOf(word: unknown): MonsterKind {
  return MONSTER_KINDS.find((kind) => kind === word) ?? "walker";
}
