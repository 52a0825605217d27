/**
 * Whether a picture is worth drawing: while nothing stirs, the last one is as good and costs nothing. Pure.
 *
 * Whoever changes what is seen says so. What nobody thought of is seen half a second late, never not at all.
 */

/** How long pictures are drawn after the last change, milliseconds: fades and glides come to their end. */
export const LINGER_MS = 600;
/** How old the picture may get when nothing has changed, milliseconds. */
export const STALE_MS = 500;

/**
 * How often a picture is drawn where only somebody breathes, milliseconds: often enough for a blink, and on a machine without a
 * graphics card for a breath, since there each costs most of a core.
 */
export const MURMUR_MS = { card: 40, software: 200 } as const;

export class Rest {
  readonly #murmur_ms: number;
  #murmurs = false;
  #stirred_ms = -Infinity;
  #drawn_ms = -Infinity;
  #awake = true;

  constructor(murmur_ms: number) {
    this.#murmur_ms = murmur_ms;
  }

  /** Something is not as it was. */
  stir(): void {
    this.#awake = true;
  }

  /** Something small goes on by itself until the next picture. */
  murmur(): void {
    this.#murmurs = true;
  }

  /** Whether to draw now; a yes is taken as drawn. */
  draws(now_ms: number): boolean {
    if (this.#awake) this.#stirred_ms = now_ms;
    this.#awake = false;
    const stale_ms = this.#murmurs ? this.#murmur_ms : STALE_MS;
    this.#murmurs = false;
    if (now_ms - this.#stirred_ms > LINGER_MS && now_ms - this.#drawn_ms < stale_ms) return false;
    this.#drawn_ms = now_ms;
    return true;
  }
}

/** Numbers as they were when they were last looked at. */
export class LastSeen {
  #numbers = new Float32Array(0);
  #length = 0;

  /** Whether they differ from the last ones; `stride` and `but` name a column of rows that does not count. */
  differs(numbers: Float32Array, stride = Infinity, but = -1): boolean {
    let same = numbers.length === this.#length;
    const known = this.#numbers;
    for (let at = 0; same && at < numbers.length; at += 1) same = numbers[at] === known[at] || at % stride === but;
    if (same) return false;
    if (known.length < numbers.length) this.#numbers = new Float32Array(numbers.length * 2);
    this.#numbers.set(numbers);
    this.#length = numbers.length;
    return true;
  }
}
