/**
 * How fast something moves and turns, from its last places, and what may be thrown at all. Pure; time is an argument.
 */
import { THROW_MAX } from "../core/generated";
import type { Motion } from "../core/holding";
import { type JsonObject, isObject, member, number, text } from "../core/json";
import type { Vector } from "../scene/matrix";
import { PLACE_FLOATS } from "../scene/rig";

/** So much of the past counts, milliseconds: the swing of a hand, without the reaching back before it. */
const WINDOW_MS = 100;
/** Places this far apart, milliseconds, still follow on each other: two pictures where a second shows seven. */
const APART_MAX_MS = 300;
/** What has no newer place than this rests, milliseconds; where places come more rarely, twice as long as they take. */
const STILL_MS = 100;
/** Places that count however old they are. */
const PLACES_MIN = 3;
/** Nothing that is swung goes this far from one frame to the next, metres: it was put elsewhere. */
const JUMP_M = 1.5;
/** Places that are kept: more than a window has at 240 frames per second. */
const KEPT = 32;

export const AT_REST: Motion = { velocity: [0, 0, 0], spin: [0, 0, 0] };

/** A place and when something was there; an entry is used again when it is too old. */
interface Sample {
  at_ms: number;
  readonly place: Float32Array;
}

/** The last places of something. */
export class Trail {
  readonly #samples = Array.from({ length: KEPT }, (): Sample => ({ at_ms: 0, place: new Float32Array(PLACE_FLOATS) }));
  #noted = 0;
  #count = 0;

  /**
   * Something is at a place now (seven numbers). The same place once more is no news: pictures come oftener than the tracking of a
   * hand, and what rests is known by having none.
   */
  note(place: Float32Array, now_ms: number): void {
    const last = this.#back(0);
    if (last !== undefined && last.place.every((part, at) => part === place[at])) return;
    if (last !== undefined && (now_ms - last.at_ms > APART_MAX_MS || distance(last.place, place) > JUMP_M)) this.clear();
    if (last === undefined || last.at_ms !== now_ms || this.#count === 0) {
      this.#noted += 1;
      this.#count = Math.min(KEPT, this.#count + 1);
    }
    const sample = this.#samples[this.#noted % KEPT];
    sample?.place.set(place);
    if (sample !== undefined) sample.at_ms = now_ms;
  }

  /** Forgets them: it was taken, or put elsewhere. */
  clear(): void {
    this.#count = 0;
  }

  /** How it moves now. */
  motion(now_ms: number): Motion {
    const newest = this.#back(0);
    if (newest === undefined || now_ms - newest.at_ms > this.#patience_ms(newest)) return AT_REST;
    const window = this.#window(newest);
    const oldest = window.at(-1);
    if (oldest === undefined || oldest === newest) return AT_REST;
    const spin = turned(oldest.place, newest.place, (newest.at_ms - oldest.at_ms) / 1_000);
    return { velocity: capped(slope(window), THROW_MAX), spin: capped(spin, THROW_MAX) };
  }

  /** After how long without news it rests: where pictures are slow the next place comes late, and not because it has stopped. */
  #patience_ms(newest: Sample): number {
    const before = this.#back(1);
    const gap_ms = before === undefined ? 0 : newest.at_ms - before.at_ms;
    return Math.min(APART_MAX_MS, Math.max(STILL_MS, 2 * gap_ms));
  }

  /** The newest places, newest first: some at least, if there are so many, so that slow pictures, whose times tremble, tell something too. */
  #window(newest: Sample): readonly Sample[] {
    const samples = Array.from({ length: this.#count }, (_, age) => this.#back(age)).filter((sample) => sample !== undefined);
    return samples.filter((sample, age) => age < PLACES_MIN || newest.at_ms - sample.at_ms <= WINDOW_MS);
  }

  #back(age: number): Sample | undefined {
    return age < this.#count ? this.#samples[(this.#noted - age) % KEPT] : undefined;
  }
}

/** How many times the room's gravity a thing of these components has when it is thrown; undefined for one that does not fly. */
export function weightOf(components: JsonObject | undefined): number | undefined {
  const body = components?.["body"];
  if (body === undefined || body === false || body === null) return undefined;
  const motion = text(body) ?? text(member(body, "motion")) ?? "dynamic";
  if (motion !== "dynamic") return undefined;
  return (isObject(body) ? number(body["gravityFactor"]) : undefined) ?? 1;
}

/** A line fitted by least squares: it averages out what tracking trembles, and a dropped frame is only a point less. */
function slope(samples: readonly Sample[]): Vector {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const middle_ms = mean(({ at_ms }) => at_ms);
  const spread = mean(({ at_ms }) => (at_ms - middle_ms) ** 2);
  const along = (axis: number) => (mean(({ at_ms, place }) => (at_ms - middle_ms) * (place[axis] ?? 0)) / spread) * 1_000;
  return [along(0), along(1), along(2)];
}

/** The spin that turns one place into another in so many seconds, the shorter way round. */
function turned(from: Float32Array, to: Float32Array, after_s: number): Vector {
  const [, , , ax = 0, ay = 0, az = 0, aw = 1] = from;
  const [, , , bx = 0, by = 0, bz = 0, bw = 1] = to;
  const w = bw * aw + bx * ax + by * ay + bz * az;
  const sign = w < 0 ? -1 : 1;
  const x = sign * (bx * aw - bw * ax - by * az + bz * ay);
  const y = sign * (by * aw - bw * ay - bz * ax + bx * az);
  const z = sign * (bz * aw - bw * az - bx * ay + by * ax);
  const sin = Math.hypot(x, y, z);
  if (sin < 1e-6) return [0, 0, 0];
  const share = (2 * Math.atan2(sin, sign * w)) / (sin * after_s);
  return [x * share, y * share, z * share];
}

function capped([x, y, z]: Vector, most: number): Vector {
  const share = most / Math.max(most, Math.hypot(x, y, z));
  return [x * share, y * share, z * share];
}

function distance([ax = 0, ay = 0, az = 0]: Float32Array, [bx = 0, by = 0, bz = 0]: Float32Array): number {
  return Math.hypot(ax - bx, ay - by, az - bz);
}
