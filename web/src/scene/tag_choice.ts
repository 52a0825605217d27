/**
 * Whose names are shown: the nearest, as many as can be read beside each other. Pure; makes no garbage.
 *
 * Owns the candidates of one choice. Places are in the picture, one unit being one metre at one metre's distance; knows
 * people as indices only.
 */

/** Names shown at once, when there is room for them. */
export const TAGS_MAX = 16;
/** Names shown at once in a dense crowd: more would be read by nobody. */
export const TAGS_CROWDED_MAX = 10;
/** From as many readable people on a crowd is dense. */
export const CROWDED_FROM = 40;
/** The nearest that are looked at; some of them will be hidden behind nearer names. */
const CANDIDATES_MAX = 48;
/** A name that is shown already counts as this much nearer and smaller, so that names do not take turns. */
const SHOWN_BONUS = 0.8;
/** How much of two names may lie upon each other, as a share of their widths and heights. */
const OVERLAP_X = 0.15;
const OVERLAP_Y = 0.1;

export class TagChoice {
  readonly #index = new Int32Array(CANDIDATES_MAX);
  readonly #rank = new Float64Array(CANDIDATES_MAX);
  readonly #x = new Float32Array(CANDIDATES_MAX);
  readonly #y = new Float32Array(CANDIDATES_MAX);
  readonly #half_width = new Float32Array(CANDIDATES_MAX);
  readonly #half_height = new Float32Array(CANDIDATES_MAX);
  /** The chosen, by their place among the candidates; nearest first. */
  readonly #chosen = new Uint8Array(TAGS_MAX);
  #candidates = 0;
  #readable = 0;
  #count = 0;

  begin(): void {
    this.#candidates = 0;
    this.#readable = 0;
    this.#count = 0;
  }

  /** Someone whose name could be read; `x`, `y` is its middle in the picture, halves are its extents there. */
  consider(
    index: number,
    distance_m: number,
    x: number,
    y: number,
    half_width: number,
    half_height: number,
    shown: boolean,
  ): void {
    this.#readable += 1;
    const bonus = shown ? SHOWN_BONUS : 1;
    const rank = distance_m * bonus;
    const at = this.#placeFor(rank);
    if (at < 0) return;
    this.#index[at] = index;
    this.#rank[at] = rank;
    this.#x[at] = x;
    this.#y[at] = y;
    this.#half_width[at] = half_width * bonus;
    this.#half_height[at] = half_height * bonus;
  }

  /** Decides; returns how many are chosen. */
  settle(): number {
    const most = tagsFor(this.#readable);
    for (let at = 0; at < this.#candidates && this.#count < most; at += 1) {
      if (!this.#isFree(at)) continue;
      this.#chosen[this.#count] = at;
      this.#count += 1;
    }
    return this.#count;
  }

  /** The index of a chosen person, nearest first; -1 beyond the last. */
  chosen(place: number): number {
    return place < this.#count ? (this.#index[this.#chosen[place] ?? 0] ?? -1) : -1;
  }

  /** Makes room among the nearest and returns where, or -1 when all of them are nearer. */
  #placeFor(rank: number): number {
    const full = this.#candidates === CANDIDATES_MAX;
    if (full && rank >= (this.#rank[CANDIDATES_MAX - 1] ?? 0)) return -1;
    let at = full ? CANDIDATES_MAX - 1 : this.#candidates;
    if (!full) this.#candidates += 1;
    for (; at > 0 && (this.#rank[at - 1] ?? 0) > rank; at -= 1) this.#move(at - 1, at);
    return at;
  }

  #move(from: number, to: number): void {
    this.#index[to] = this.#index[from] ?? 0;
    this.#rank[to] = this.#rank[from] ?? 0;
    this.#x[to] = this.#x[from] ?? 0;
    this.#y[to] = this.#y[from] ?? 0;
    this.#half_width[to] = this.#half_width[from] ?? 0;
    this.#half_height[to] = this.#half_height[from] ?? 0;
  }

  /** Whether a candidate's name lies upon none of the chosen ones. */
  #isFree(at: number): boolean {
    for (let place = 0; place < this.#count; place += 1) {
      const other = this.#chosen[place] ?? 0;
      const apart_x = Math.abs((this.#x[at] ?? 0) - (this.#x[other] ?? 0));
      const apart_y = Math.abs((this.#y[at] ?? 0) - (this.#y[other] ?? 0));
      const width = (this.#half_width[at] ?? 0) + (this.#half_width[other] ?? 0);
      const height = (this.#half_height[at] ?? 0) + (this.#half_height[other] ?? 0);
      if (apart_x < width * (1 - OVERLAP_X) && apart_y < height * (1 - OVERLAP_Y)) return false;
    }
    return true;
  }
}

/** How many names are shown where `readable` people are near enough: fewer when it is crowded. */
export function tagsFor(readable: number): number {
  const crowded = Math.min(1, Math.max(0, (readable - TAGS_MAX) / (CROWDED_FROM - TAGS_MAX)));
  return Math.round(TAGS_MAX - crowded * (TAGS_MAX - TAGS_CROWDED_MAX));
}
