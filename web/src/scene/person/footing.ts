/**
 * How large everyone is and on which floor they stand, by entity index: legs end where the floor is.
 *
 * The room is asked rarely: when somebody has moved, the near ones at once, the others in turns. Pure; makes no garbage.
 */
import { HEAD_HEIGHT_M } from "../../core/viewer";
import type { FloorUnder } from "./gait";
import { EYES_M } from "./measures";

/** The size of whoever is not tracked: their head is as high as the room says. */
export const USUAL_SIZE = HEAD_HEIGHT_M / EYES_M;
/** Heads of people who wear a headset and stand are this high, metres; what is lower is a crouch, what is higher a jump. */
const STANDING_M = [1.2, 2.1] as const;
/** Sizes people may have: smaller and larger figures would no longer look like people. */
const SIZES = [0.78, 1.3] as const;
/** How fast somebody grows who rises beyond what was known, per second. */
const GROW_PER_S = 3;
/** Who moved this far has perhaps another floor, metres; so has who stood for so many frames. */
const MOVED_M = 0.04;
const FRAMES = { near: 24, others: 64 } as const;

export class Footing {
  /** Height of the floor under each, metres; NaN while it is not known or there is none. */
  floors = new Float32Array(1_024).fill(NaN);
  sizes = new Float32Array(1_024).fill(USUAL_SIZE);
  readonly #floorUnder: FloorUnder;
  #asked_x = new Float32Array(1_024).fill(NaN);
  #asked_z = new Float32Array(1_024);
  #measured = new Uint8Array(1_024);
  #frame = 0;

  constructor(floorUnder: FloorUnder) {
    this.#floorUnder = floorUnder;
  }

  begin(): void {
    this.#frame += 1;
  }

  /** An index is someone else's from now on. */
  forget(index: number): void {
    if (index >= this.floors.length) return;
    this.floors[index] = this.#asked_x[index] = NaN;
    this.sizes[index] = USUAL_SIZE;
    this.#measured[index] = 0;
  }

  /** Where the floor is under a head, asked anew when it is time. */
  look(index: number, x: number, y: number, z: number, near: boolean): void {
    if (index >= this.floors.length) this.#grow(index);
    const turn = (this.#frame + index) % (near ? FRAMES.near : FRAMES.others) === 0;
    const [dx, dz] = [x - (this.#asked_x[index] ?? NaN), z - (this.#asked_z[index] ?? 0)];
    const moved = near && !(dx * dx + dz * dz < MOVED_M * MOVED_M);
    if (!turn && !moved) return;
    [this.#asked_x[index], this.#asked_z[index]] = [x, z];
    const floor = this.#floorUnder(x, y, z);
    this.floors[index] = Number.isFinite(floor) ? floor : NaN;
  }

  /** Someone whose headset tells how high their head is: as tall as they have been seen to stand. */
  measure(index: number, y: number, dt_s: number): void {
    const high = y - (this.floors[index] ?? NaN);
    if (!(high > STANDING_M[0] && high < STANDING_M[1])) return;
    const wanted = Math.min(SIZES[1], Math.max(SIZES[0], high / EYES_M));
    const size = this.sizes[index] ?? USUAL_SIZE;
    if (this.#measured[index] === 0) {
      this.#measured[index] = 1;
      this.sizes[index] = wanted;
    } else if (wanted > size) this.sizes[index] = size + (wanted - size) * Math.min(1, dt_s * GROW_PER_S);
  }

  #grow(index: number): void {
    const length = 2 * index + 1;
    const grown = (from: Float32Array, otherwise: number) => {
      const to = new Float32Array(length).fill(otherwise);
      to.set(from);
      return to;
    };
    this.floors = grown(this.floors, NaN);
    this.sizes = grown(this.sizes, USUAL_SIZE);
    this.#asked_x = grown(this.#asked_x, NaN);
    this.#asked_z = grown(this.#asked_z, 0);
    const measured = new Uint8Array(length);
    measured.set(this.#measured);
    this.#measured = measured;
  }
}
