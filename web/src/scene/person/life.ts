/**
 * What lives in a face and a body at rest: blinking, eyes that look at somebody, breath, sway, a mouth that speaks. Pure;
 * time is an argument, dice are a person's own; makes no garbage.
 */

/** A blink closes and opens the eyes, milliseconds, and leaves this much of them. */
const BLINK_MS = { close: 60, open: 90 } as const;
const BLINK_LEAVES = 0.08;
/** Between two blinks, milliseconds; one in five is double. */
const BLINK_EVERY_MS = [2_500, 6_000] as const;
const DOUBLE_BLINK_MS = 260;
const DOUBLE_SHARE = 0.2;
/** Eyes turn at most this far about the head, radians: sideways, up and down. */
export const LOOK_MAX = { aside: 0.06, up: 0.03 } as const;
/** How fast eyes jump, per second, and how long they stay, milliseconds. */
const SACCADE_PER_S = 60;
const HOLD_MS = [800, 2_500] as const;
/** Amplitudes, metres and radians, and paces, hertz. */
const BREATH = { m: 0.006, hz: 0.25 } as const;
const SWAY = { m: 0.008, hz: 0.11 } as const;
const NOD = { rad: 0.026, hz: 0.17 } as const;
const DRIFT = { m: 0.01, hz: 0.14 } as const;
/** Weight goes from leg to leg, metres, every so many milliseconds, within so many. */
const SHIFT = { m: 0.03, every_ms: [8_000, 15_000] as const, takes_ms: 900 } as const;
/** Syllables per second, and how fast a mouth opens and closes, per second. */
const SYLLABLE_HZ = 4.3;
const MOUTH_PER_S = 16;

export class Life {
  /** How far the eyes are open, 0..1, and where they look beside straight ahead, radians. */
  open = 1;
  look_aside = 0;
  look_up = 0;
  /** How loud the mouth is, 0..1. */
  voice = 0;
  /** Metres: chest up, body to the right, hands ahead; the head's turn, radians. */
  breath = 0;
  sway = 0;
  drift = 0;
  nod = 0;
  /** Where in its waves this life is, 0..1: nobody breathes together. */
  #phase = 0;
  #seed = 1;
  #blink_ms = 0;
  #again = false;
  #hold_ms = 0;
  #aside = 0;
  #up = 0;
  #shift_ms = 0;
  #shift_from = 0;
  #shift_to = 0;

  /** Begins anew as somebody; equal dice live alike. */
  begin(dice: number, now_ms: number): void {
    this.#seed = (dice * 2_654_435_761) >>> 0 || 1;
    this.#phase = this.#roll();
    this.#blink_ms = now_ms + this.#between(BLINK_EVERY_MS) * this.#roll();
    this.#hold_ms = now_ms;
    this.#shift_ms = now_ms + this.#between(SHIFT.every_ms);
    this.#shift_from = this.#shift_to = 0;
    this.voice = 0;
    this.still();
  }

  /** Nothing moves by itself. */
  still(): void {
    this.open = 1;
    this.look_aside = this.look_up = this.breath = this.sway = this.drift = this.nod = 0;
  }

  /** `aside` and `up` are the direction of whom the eyes would look at, radians from where the head faces. */
  go(now_ms: number, dt_s: number, aside: number, up: number, speaks: boolean, loudness?: number): void {
    this.#blink(now_ms);
    this.#gaze(now_ms, dt_s, aside, up);
    this.#stir(now_ms);
    this.speak(now_ms, dt_s, speaks, loudness);
  }

  /**
   * A mouth that moves is told, not idle: it moves also where nothing else does. It opens as loud as one speaks, 0 to 1; of those whom
   * one sees speak and does not hear it is made up.
   */
  speak(now_ms: number, dt_s: number, speaks: boolean, loudness?: number): void {
    const t = (now_ms / 1_000) * SYLLABLE_HZ + this.#phase * 97;
    const loud = 0.55 + 0.45 * Math.sin(2 * Math.PI * t) * Math.cos(1.7 * t);
    const wanted = speaks ? (loudness ?? Math.max(0.12, loud)) : 0;
    this.voice += (wanted - this.voice) * (1 - Math.exp(-dt_s * MOUTH_PER_S));
    if (this.voice < 0.004) this.voice = 0;
  }

  #blink(now_ms: number): void {
    const since = now_ms - this.#blink_ms;
    if (since < 0) return void (this.open = 1);
    const { close, open } = BLINK_MS;
    const way = since < close ? 1 - since / close : (since - close) / open;
    this.open = Math.min(1, BLINK_LEAVES + (1 - BLINK_LEAVES) * way);
    if (since < close + open) return;
    this.open = 1;
    this.#again = !this.#again && this.#roll() < DOUBLE_SHARE;
    this.#blink_ms = now_ms + (this.#again ? DOUBLE_BLINK_MS - close - open : this.#between(BLINK_EVERY_MS));
  }

  #gaze(now_ms: number, dt_s: number, aside: number, up: number): void {
    if (now_ms >= this.#hold_ms) {
      this.#hold_ms = now_ms + this.#between(HOLD_MS);
      const stray = 0.012;
      this.#aside = within(aside * 0.2, LOOK_MAX.aside) + (this.#roll() - 0.5) * stray;
      this.#up = within(up * 0.2, LOOK_MAX.up) + (this.#roll() - 0.5) * stray;
    }
    const share = 1 - Math.exp(-dt_s * SACCADE_PER_S);
    this.look_aside += (this.#aside - this.look_aside) * share;
    this.look_up += (this.#up - this.look_up) * share;
  }

  #stir(now_ms: number): void {
    const wave = (hz: number, own: number) => Math.sin(2 * Math.PI * ((now_ms / 1_000) * hz + this.#phase * own));
    this.breath = BREATH.m * wave(BREATH.hz, 7);
    this.drift = DRIFT.m * wave(DRIFT.hz, 11);
    this.nod = NOD.rad * wave(NOD.hz, 5);
    if (now_ms >= this.#shift_ms + SHIFT.takes_ms) {
      this.#shift_from = this.#shift_to;
      this.#shift_to = (this.#roll() - 0.5) * 2 * SHIFT.m;
      this.#shift_ms = now_ms + this.#between(SHIFT.every_ms);
    }
    const way = Math.min(1, Math.max(0, (now_ms - this.#shift_ms) / SHIFT.takes_ms));
    const shifted = this.#shift_from + (this.#shift_to - this.#shift_from) * way * way * (3 - 2 * way);
    this.sway = SWAY.m * wave(SWAY.hz, 3) + shifted;
  }

  #between([least, most]: readonly [number, number]): number {
    return least + (most - least) * this.#roll();
  }

  /** 0..1 (xorshift32). */
  #roll(): number {
    let seed = this.#seed;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    this.#seed = seed >>> 0;
    return this.#seed / 4_294_967_296;
  }
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
