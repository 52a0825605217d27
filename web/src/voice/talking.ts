/**
 * Whether this visitor is heard: their wish, their microphone's consent, and whether the room lets them.
 *
 * Owns the microphone's state as `Microphone` draws it. Must not know devices or lines.
 */
import type { Microphone } from "../core/voice";
import type { Need, Outcome } from "./capture";

/** Where one holds a key to talk, the device stays open so long after it, milliseconds: the next words begin at once. */
export const WARM_MS = 5_000;

export interface TalkingWorld {
  need(need: Need): Promise<Outcome>;
  drop(need: Need): void;
  after(ms: number, work: () => void): () => void;
  /** The state changed. */
  told(state: Microphone): void;
}

export class Talking {
  readonly #world: TalkingWorld;
  #state: Microphone = "off";
  #wished = false;
  #muted = false;
  #allowed = false;
  #stopCooling: () => void = () => undefined;

  constructor(world: TalkingWorld) {
    this.#world = world;
  }

  get state(): Microphone {
    return this.#state;
  }

  /** On, or off again: also while the browser still asks. */
  press(): void {
    if (this.#wished) this.#stop();
    else void this.#start();
  }

  /** Speaks while it is held down. */
  hold(down: boolean): void {
    if (down) void this.#start();
    else if (this.#wished) this.#stop(WARM_MS);
  }

  /** Closed by a moderator, or no longer; it does not open by itself. */
  setMuted(muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#stop();
  }

  /** Whether this visitor has an avatar here that could speak. */
  setAllowed(allowed: boolean): void {
    if (allowed === this.#allowed) return;
    this.#allowed = allowed;
    if (!allowed) this.#stop();
  }

  /** The device is gone and no other came for it. */
  lost(): void {
    if (this.#state !== "on") return;
    this.#wished = false;
    this.#go("missing");
  }

  async #start(): Promise<void> {
    if (this.#wished || this.#muted || !this.#allowed) return;
    this.#stopCooling();
    this.#wished = true;
    this.#go("asking");
    const outcome = await this.#world.need("talk");
    if (!this.#wished) return;
    if (outcome.ok) return this.#go("on");
    this.#wished = false;
    this.#go(outcome.denial);
  }

  #stop(warm_ms = 0): void {
    this.#stopCooling();
    this.#wished = false;
    const cool = () => this.#world.drop("talk");
    // First nothing is sent any more, then the device closes.
    this.#go(this.#muted ? "muted" : "off");
    if (warm_ms === 0) cool();
    else this.#stopCooling = this.#world.after(warm_ms, cool);
  }

  #go(state: Microphone): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#world.told(state);
  }
}
