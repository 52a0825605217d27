/**
 * What is remembered of each person between two frames, by entity index, side by side in plain arrays.
 *
 * Owns when someone appeared, their colour as numbers, and when they were last heard. Makes no garbage while nobody
 * changes. Knows neither scene nor core.
 */
import { type AvatarLook, PLAIN_LOOK } from "../core/avatar_look";
import type { Person } from "../core/people";
import type { FigureLook } from "../scene/crowd";
import { NEUTRAL, rgb } from "../scene/looks";

/** How long someone is shown as speaking after they were last heard, milliseconds: words have gaps. */
export const SPEAKING_HOLD_MS = 400;
const INDICES_MIN = 1_024;

/** A look as it is drawn. */
export function figureLook({ head, top, face, hair }: AvatarLook): FigureLook {
  return { head, top, face, hair: rgb(hair) ?? NEUTRAL };
}

const PLAIN_FIGURE = figureLook(PLAIN_LOOK);

export class Known {
  /** Red, green, blue per index, 0..1. */
  colors = new Float32Array(3 * INDICES_MIN);
  /** When each appeared, milliseconds. */
  since_ms = new Float64Array(INDICES_MIN);
  readonly #people: (Person | undefined)[] = [];
  readonly #looks: (FigureLook | undefined)[] = [];
  /** The frame in which each was seen last. */
  #seen = new Uint32Array(INDICES_MIN);
  #spoke_ms = new Float64Array(INDICES_MIN).fill(-Infinity);
  #frame = 1;

  /** A new frame begins. */
  begin(): void {
    this.#frame += 1;
  }

  /** Someone is there in this frame; true when they were not, or were someone else, in the last one. */
  meet(index: number, person: Person, now_ms: number): boolean {
    if (index >= this.#seen.length) this.#grow(index);
    const before = this.#people[index];
    const came = this.#seen[index] !== this.#frame - 1 || before?.user_id !== person.user_id;
    this.#seen[index] = this.#frame;
    if (before !== person) this.#learn(index, person);
    if (!came) return false;
    this.since_ms[index] = now_ms;
    this.#spoke_ms[index] = -Infinity;
    return true;
  }

  /** Whether someone is shown as speaking; `heard` says whether they are right now. */
  isSpeaking(index: number, heard: boolean, now_ms: number): boolean {
    if (heard) this.#spoke_ms[index] = now_ms;
    return now_ms - (this.#spoke_ms[index] ?? -Infinity) < SPEAKING_HOLD_MS;
  }

  /** What someone who was met chose to look like. */
  lookAt(index: number): FigureLook {
    return this.#looks[index] ?? PLAIN_FIGURE;
  }

  #learn(index: number, person: Person): void {
    this.#people[index] = person;
    this.colors.set(rgb(person.color) ?? NEUTRAL, 3 * index);
    this.#looks[index] = figureLook(person.look);
  }

  #grow(index: number): void {
    const length = 2 * index + 1;
    this.colors = copied(this.colors, new Float32Array(3 * length));
    this.since_ms = copied(this.since_ms, new Float64Array(length));
    this.#seen = copied(this.#seen, new Uint32Array(length));
    this.#spoke_ms = copied(this.#spoke_ms, new Float64Array(length).fill(-Infinity));
  }
}

function copied<T extends Float32Array | Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
