/**
 * Effects at work: how they sound is fetched with the first one, the context is woken for them, and may rest some time after the
 * last.
 *
 * Owns when. How they are played is in `sound/`.
 */
import type { Ambience, SoundName, SoundPlace } from "../core/sounds";
import type { Output, Player } from "../sound/player";

/** After the last effect the audio thread waits so long for another, milliseconds: waking up takes longer than a click does. */
export const QUIET_MS = 5_000;

type Playing = Pick<Player, "ring" | "rings" | "hum">;

/** What is asked of a browser; other hands in tests. */
export interface EffectsWorld {
  load(output: Output, ended: () => void): Promise<Playing>;
  /** Whether somebody has touched this page: before that browsers play nothing. */
  touched(): boolean;
  now(): number;
}

export const BROWSER: EffectsWorld = {
  load: async (output, ended) => new (await import("../sound/player")).Player(output, ended),
  touched: () => navigator.userActivation?.hasBeenActive ?? true,
  now: () => performance.now(),
};

export class EffectsAtWork {
  readonly #output: Output;
  readonly #rest: () => void;
  readonly #world: EffectsWorld;
  #player: Playing | undefined;
  #coming: Promise<Playing | undefined> | undefined;
  #wanted = false;
  #ambience: Ambience | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  /** `rest` is called when effects need the context no longer. */
  constructor(output: Output, rest: () => void, world: EffectsWorld = BROWSER) {
    this.#output = output;
    this.#rest = rest;
    this.#world = world;
  }

  /** Whether the context is needed. */
  get rings(): boolean {
    return this.#wanted;
  }

  /** Plays an effect; none before the browser plays anything at all. */
  ring(sound: SoundName, place: SoundPlace | undefined, gain = 1): void {
    if (!this.#wake()) return;
    const asked_ms = this.#world.now();
    if (this.#player !== undefined) return void this.#player.ring(sound, place, asked_ms, gain);
    void this.#load().then((player) => player?.ring(sound, place, asked_ms, gain));
  }

  /** Has the place hum; once the browser plays anything at all. */
  hum(ambience: Ambience | undefined): void {
    this.#ambience = ambience;
    if (ambience === undefined) return this.#player?.hum(undefined);
    if (this.#wake()) void this.#load().then((player) => player?.hum(this.#ambience));
  }

  /** Somebody has touched the page: what had to be silent until then is heard. */
  touched(): void {
    if (this.#ambience !== undefined && this.#player?.rings !== true) this.hum(this.#ambience);
  }

  /** False where the browser would not let it. */
  #wake(): boolean {
    const { context } = this.#output;
    if (context.state !== "running" && !this.#world.touched()) return false;
    if (context.state !== "running") void context.resume().catch(() => undefined);
    this.#wanted = true;
    this.#restLater();
    return true;
  }

  #load(): Promise<Playing | undefined> {
    this.#coming ??= this.#world.load(this.#output, () => this.#restLater()).then(
      (player) => (this.#player = player),
      (error: unknown) => {
        console.warn(error);
        // The next effect tries again.
        this.#coming = undefined;
        return undefined;
      },
    );
    return this.#coming;
  }

  #restLater(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      if (this.#player?.rings === true) return;
      this.#wanted = false;
      this.#rest();
    }, QUIET_MS);
  }
}
