/**
 * What a headset adds to the frame while it shows the room: systems that are loaded with it and have a list of their own.
 *
 * Must not know what they do.
 */
import type { Context, System } from "./context";

export class Worn {
  readonly #steps: (() => void)[] = [];

  /** Starts systems, in their order, until the returned function is called. */
  start(systems: readonly System[], context: Context): () => void {
    const onFrame = (step: () => void) => void this.#steps.push(step);
    const ends = systems.map((system) => system({ ...context, onFrame }));
    return () => {
      this.#steps.length = 0;
      for (const end of ends.reverse()) end();
    };
  }

  run(): void {
    for (const step of this.#steps) step();
  }
}

export function worn({ worn, onFrame }: Context): () => void {
  onFrame(() => worn.run());
  return () => undefined;
}
