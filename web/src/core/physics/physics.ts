/**
 * The simulation of what one touches and throws: a module of its own, fetched once the room is shown and only where something
 * moves. Carries bytes between the two memories; knows nothing of what they say.
 */
import type { ClientCore } from "../core-types";

/** Does what the core orders, and reports. */
export interface Physics {
  run(orders: Uint8Array): Uint8Array;
  free(): void;
}

/** Fetches and compiles the module. */
export type LoadPhysics = () => Promise<Physics>;

type Core = Pick<ClientCore, "set_predicting" | "has_bodies" | "orders" | "report">;

/** Pictures that are shown before the module is fetched: the first one is not to wait for it. */
const PICTURES_BEFORE = 30;

export async function loadPhysics(): Promise<Physics> {
  const { default: init, Physics } = await import("./pkg/thexr_physics_wasm.js");
  await init({ module_or_path: fetch(new URL("./pkg/thexr_physics_wasm_bg.wasm", import.meta.url)) });
  return new Physics();
}

/** Has the core predict as soon as there is something to predict, and the module for it. */
export class Prediction {
  readonly #core: Core;
  readonly #load: LoadPhysics;
  #pictures = 0;
  #physics: Physics | undefined;
  #asked = false;
  #over = false;

  constructor(core: Core, load: LoadPhysics = loadPhysics) {
    this.#core = core;
    this.#load = load;
  }

  /** Whether what one touches moves at once. */
  get is_on(): boolean {
    return this.#physics !== undefined;
  }

  /** Once per picture, before the core's own frame. */
  frame(now_ms: number): void {
    this.#pictures += 1;
    if (this.#physics === undefined) return this.#fetch();
    const orders = this.#core.orders(now_ms);
    if (orders !== undefined) this.#core.report(this.#physics.run(orders), now_ms);
  }

  dispose(): void {
    this.#over = true;
    this.#physics?.free();
    this.#physics = undefined;
  }

  #fetch(): void {
    if (this.#asked || this.#pictures < PICTURES_BEFORE || !this.#core.has_bodies()) return;
    this.#asked = true;
    this.#load().then(
      (physics) => this.#begin(physics),
      // The room says how things move, only later: nobody has to know.
      (error: unknown) => console.warn("what one touches follows the room: its simulation could not be loaded", error),
    );
  }

  #begin(physics: Physics): void {
    if (this.#over) return physics.free();
    this.#physics = physics;
    this.#core.set_predicting(true);
  }
}
