/**
 * Decides how much detail to draw from what frames cost, measured against the display's own rate. Pure: times are arguments.
 *
 * A low rate alone says nothing: a battery saver caps it at 30, a display may show 50 a second. What counts is whether
 * pictures come later than the display asks for them, and whether drawing is the reason. The display's rate is seen
 * between frames that drew nothing; when there were none for a while and pictures come late, the governor asks for a few
 * (`listens`). What the graphics card tells of its own time decides at once.
 *
 *   lowered after two slow seconds (at a crawl after one) · raised after a few fast ones · a raise that was too much is
 *   tried again only after twice the time
 */

/** A frame as it was. */
export interface FrameFacts {
  /** Since the frame before, milliseconds. */
  interval_ms: number;
  /** Whether the frame before made a picture. */
  drew: boolean;
  /** Our own work and handing the picture over, milliseconds. */
  cpu_ms: number;
  /** What the card worked on a picture, milliseconds; NaN where it does not tell. */
  gpu_ms: number;
}

/** How long frames are gathered before deciding, milliseconds. */
export const WINDOW_MS = 1_000;
/** Longer pauses were a hidden tab or a sleeping machine, milliseconds. */
const PAUSE_MS = 2_000;
/** Frames of one window that are kept. */
const FRAMES_MAX = 256;
/** Frames a window needs to say anything. */
const FRAMES_MIN = 3;
/** A display that nobody has measured is taken for one of 60 Hz. */
const DISPLAY_MS = 1_000 / 60;
/** Nobody misses more pictures than this, milliseconds between them; without a graphics card one is content with half. */
export const CONTENT_MS = { card: 1_000 / 60, software: 1_000 / 30 } as const;
/** Pictures this much later than wanted are late; so much later is a crawl. */
const LATE = 1.2;
const CRAWL = 2.2;
/** Pictures at most this much later are in time. */
const IN_TIME = 1.08;
/** Drawing that takes less of the wanted time than this is not why pictures are late. */
const BUSY = 0.6;
/** A finer rung may cost this much more: there must be room for it. */
const RUNG_COST = 1.5;
/** Slow windows before a step down. */
const SLOW_WINDOWS = 2;
/** Fast windows before a step up; doubles whenever one was too much, up to the most. */
export const FAST_WINDOWS = 5;
export const FAST_WINDOWS_MAX = 240;
/** How long the measured rate of the display is believed when pictures come late, milliseconds: a cap may be what is new. */
const BELIEVED_MS = 2.5 * WINDOW_MS;
/** Frames without a picture that a measurement takes: the first may still wait for the last picture. */
const LISTENED_FRAMES = 5;

export class Governor {
  readonly #content_ms: number;
  readonly #drawn_ms = new Float32Array(FRAMES_MAX);
  readonly #idle_ms = new Float32Array(FRAMES_MAX);
  readonly #cpu_ms = new Float32Array(FRAMES_MAX);
  readonly #gpu_ms = new Float32Array(FRAMES_MAX);
  #drawn = 0;
  #idle = 0;
  #gpu = 0;
  #elapsed_ms = 0;
  #rung: number;
  #finest: number;
  #coarsest: number;
  #slow = 0;
  #fast = 0;
  #patience = FAST_WINDOWS;
  /** Right after a raise: if it gets slow now, the raise was too much. */
  #trying = false;
  #display_ms = DISPLAY_MS;
  /** How long ago the display's rate was seen, milliseconds. */
  #seen_ms = Infinity;
  #listening = 0;

  /** Begins on a rung between the finest and the coarsest allowed; `content_ms` is how rarely pictures may come. */
  constructor(rung: number, [finest, coarsest]: readonly [number, number], content_ms: number) {
    [this.#rung, this.#finest, this.#coarsest] = [rung, finest, coarsest];
    this.#content_ms = content_ms;
  }

  get rung(): number {
    return this.#rung;
  }

  /** The time between two pictures that the display can show, milliseconds. */
  get display_ms(): number {
    return this.#display_ms;
  }

  /** Whether the next frame should make no picture, so that the display's own rate is seen. */
  get listens(): boolean {
    return this.#listening > 0;
  }

  /** The rungs that are allowed from now on. */
  limit([finest, coarsest]: readonly [number, number]): void {
    [this.#finest, this.#coarsest] = [finest, coarsest];
    this.#rung = Math.min(coarsest, Math.max(finest, this.#rung));
  }

  /** Notes a frame; `strict` asks for every picture the display can show, as a headset needs. True when the rung changed. */
  frame({ interval_ms, drew, cpu_ms, gpu_ms }: FrameFacts, strict: boolean): boolean {
    if (interval_ms > PAUSE_MS) {
      this.#clear();
      return false;
    }
    if (this.#listening > 0) this.#listening -= 1;
    this.#elapsed_ms += interval_ms;
    if (drew && this.#drawn < FRAMES_MAX) {
      this.#drawn_ms[this.#drawn] = interval_ms;
      this.#cpu_ms[this.#drawn] = cpu_ms;
      this.#drawn += 1;
    }
    if (!drew && this.#idle < FRAMES_MAX) this.#idle_ms[this.#idle++] = interval_ms;
    if (gpu_ms === gpu_ms && this.#gpu < FRAMES_MAX) this.#gpu_ms[this.#gpu++] = gpu_ms;
    if (this.#elapsed_ms < WINDOW_MS) return false;
    const before = this.#rung;
    this.#decide(strict);
    this.#clear();
    return this.#rung !== before;
  }

  #decide(strict: boolean): void {
    this.#learn();
    if (this.#drawn < FRAMES_MIN) return;
    const interval_ms = quantile(this.#drawn_ms, this.#drawn, 0.5);
    const wanted_ms = strict ? this.#display_ms : Math.max(this.#display_ms, this.#content_ms);
    const told = this.#gpu >= FRAMES_MIN;
    const gpu_ms = told ? quantile(this.#gpu_ms, this.#gpu, 0.5) : 0;
    const cost_ms = Math.max(quantile(this.#cpu_ms, this.#drawn, 0.5), gpu_ms);
    if (interval_ms > LATE * wanted_ms) {
      if (cost_ms > BUSY * wanted_ms || (!told && (strict || this.#isSure()))) this.#slower(interval_ms > CRAWL * wanted_ms);
      return;
    }
    const roomy = told ? cost_ms * RUNG_COST < wanted_ms : interval_ms < Math.max(IN_TIME * this.#display_ms, wanted_ms / RUNG_COST);
    this.#slow = 0;
    if (roomy) this.#faster();
    else this.#fast = 0;
  }

  /** What the window told of the display. */
  #learn(): void {
    this.#seen_ms += this.#elapsed_ms;
    if (this.#idle >= FRAMES_MIN) {
      this.#display_ms = quantile(this.#idle_ms, this.#idle, 0.4);
      this.#seen_ms = 0;
    }
    // Faster than the display nobody draws.
    if (this.#drawn >= FRAMES_MIN) {
      this.#display_ms = Math.min(this.#display_ms, Math.max(1, quantile(this.#drawn_ms, this.#drawn, 0.35)));
    }
  }

  /** Whether the display's rate was seen lately; else it will be. */
  #isSure(): boolean {
    if (this.#seen_ms < BELIEVED_MS) return true;
    if (this.#rung < this.#coarsest) this.#listening = LISTENED_FRAMES;
    return false;
  }

  #slower(crawling: boolean): void {
    this.#fast = 0;
    this.#slow += crawling ? 2 : 1;
    if (this.#slow < SLOW_WINDOWS || this.#rung >= this.#coarsest) return;
    if (this.#trying) this.#patience = Math.min(FAST_WINDOWS_MAX, this.#patience * 2);
    this.#rung += 1;
    this.#slow = 0;
    this.#trying = false;
  }

  #faster(): void {
    this.#fast += 1;
    if (this.#fast < this.#patience) return;
    this.#fast = 0;
    // The raise has held as long as we wait for one: it was right.
    if (this.#trying || this.#rung <= this.#finest) {
      this.#trying = false;
      return;
    }
    this.#rung -= 1;
    this.#trying = true;
  }

  #clear(): void {
    this.#drawn = this.#idle = this.#gpu = 0;
    this.#elapsed_ms = 0;
  }
}

/** The value below which a share of the first `count` lies; puts those in order. */
function quantile(values: Float32Array, count: number, share: number): number {
  const kept = values.subarray(0, count).sort();
  return kept[Math.min(count - 1, Math.floor(count * share))] ?? 0;
}
