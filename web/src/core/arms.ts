/**
 * When one's weapon shoots, clicks, is loaded and changed: from what hands do and what the room says one has. Pure; time is an
 * argument. What a shot hits, and whether there was one at all, the room decides.
 *
 * ```text
 * ready ──trigger held──▶ a shot each 1/rate ──empty──▶ loading ──reload_ms──▶ ready
 *   │                                          └──nothing to load──▶ a click a press
 *   └──another one is asked for──▶ waits for the room ──it is in hand──▶ raised ──300 ms──▶ ready
 * ```
 */
import type { Loadout, Weapon } from "./guns";

/** How long a weapon that was just taken in hand does not shoot, milliseconds: as the room has it. */
export const RAISE_MS = 300;
/** An empty weapon is loaded by itself this long after its last shot, milliseconds. */
export const RELOAD_AFTER_MS = 250;
/** Shots of which the room said nothing for so long were refused, milliseconds. */
const UNHEARD_MS = 2_000;
/** So long one waits for the room to hand over another weapon, milliseconds. */
const SWITCH_WAIT_MS = 1_500;
/** Shots that one frame makes up for at most: pictures come seldom on slow machines. */
const SHOTS_PER_FRAME = 3;

/** What hands ask for in a frame. */
export interface Asked {
  /** The trigger is held. */
  trigger: boolean;
  reload: boolean;
  drop: boolean;
  /** The nth weapon, from 1; 0 for none. */
  nth: number;
  /** The next one or the one before: 1 or -1; 0 for none. */
  cycle: number;
}

export function nothingAsked(): Asked {
  return { trigger: false, reload: false, drop: false, nth: 0, cycle: 0 };
}

/** What is to be done now. */
export interface Hands {
  shoot(weapon: Weapon): void;
  /** It is empty. */
  click(weapon: Weapon): void;
  reload(weapon: Weapon): void;
  switchTo(name: string): void;
  drop(weapon: Weapon): void;
}

export class Arms {
  readonly #hands: Hands;
  #name: string | undefined;
  /** What the room last said is loaded, and shots since that it may not have heard of. */
  #told = 0;
  #unheard = 0;
  #shot_ms = -Infinity;
  #next_ms = -Infinity;
  #raised_ms = -Infinity;
  #loads_until_ms = -Infinity;
  #switching_until_ms = -Infinity;
  #was_pressed = false;
  /** When it was last ready with the trigger held: from then on a slow frame has missed shots. */
  #held_ms = -Infinity;

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Shots that are loaded, as far as one knows here. */
  get loaded(): number {
    return Math.max(0, this.#told - this.#unheard);
  }

  /** Whether it is being loaded, raised or changed: then it is drawn lowered. */
  busy(now_ms: number): boolean {
    return now_ms < this.#loads_until_ms || now_ms < this.#switching_until_ms;
  }

  /** The room did not load it. */
  notLoaded(): void {
    this.#loads_until_ms = -Infinity;
  }

  /** The room did not take a shot: it is still loaded. */
  notShot(): void {
    this.#unheard = Math.max(0, this.#unheard - 1);
  }

  /** A frame: what one has, what is asked for; `able`: alive, inside, with free hands. */
  step({ in_hand, names }: Loadout, asked: Asked, able: boolean, now_ms: number): void {
    this.#learn(in_hand, now_ms);
    const began = asked.trigger && !this.#was_pressed;
    this.#was_pressed = asked.trigger;
    if (!asked.trigger || !able) this.#held_ms = -Infinity;
    if (!able) return;
    this.#change(in_hand, names, asked, now_ms);
    if (in_hand === undefined) return;
    if (asked.drop) return this.#hands.drop(in_hand);
    if (asked.reload) this.#reload(in_hand, now_ms);
    if (asked.trigger) this.#pull(in_hand, began, now_ms);
    else if (this.loaded < 1 && now_ms - this.#shot_ms > RELOAD_AFTER_MS && this.#shot_ms > -Infinity) this.#reload(in_hand, now_ms);
  }

  #learn(weapon: Weapon | undefined, now_ms: number): void {
    if (weapon?.name !== this.#name) {
      this.#name = weapon?.name;
      this.#raised_ms = now_ms + RAISE_MS;
      this.#next_ms = this.#loads_until_ms = this.#switching_until_ms = this.#shot_ms = -Infinity;
      this.#unheard = 0;
      this.#told = weapon?.loaded ?? 0;
      return;
    }
    if (weapon === undefined) return;
    const taken = this.#told - weapon.loaded;
    // What the room has taken it has heard of; what it has put in is there beside that, or instead of it.
    if (taken > 0) this.#unheard = Math.max(0, this.#unheard - taken);
    else if (taken < 0 && weapon.capacity > 0) this.#unheard = 0;
    this.#told = weapon.loaded;
    if (now_ms - this.#shot_ms > UNHEARD_MS) this.#unheard = 0;
  }

  #change(in_hand: Weapon | undefined, names: readonly string[], { nth, cycle }: Asked, now_ms: number): void {
    if (names.length === 0 || (nth === 0 && cycle === 0)) return;
    const at = in_hand === undefined ? -1 : names.indexOf(in_hand.name);
    const wanted = nth > 0 ? names[nth - 1] : names[(at + cycle + names.length) % names.length];
    if (wanted === undefined || wanted === in_hand?.name || now_ms < this.#switching_until_ms) return;
    this.#switching_until_ms = now_ms + SWITCH_WAIT_MS;
    this.#hands.switchTo(wanted);
  }

  #reload(weapon: Weapon, now_ms: number): boolean {
    const { capacity, reserve, reload_ms } = weapon;
    if (capacity <= 0 || reserve <= 0 || this.loaded >= capacity || this.busy(now_ms)) return false;
    this.#loads_until_ms = now_ms + Math.max(reload_ms, RAISE_MS);
    this.#hands.reload(weapon);
    return true;
  }

  #pull(weapon: Weapon, began: boolean, now_ms: number): void {
    if (this.busy(now_ms) || now_ms < this.#raised_ms) return;
    if (this.loaded < 1) return this.#empty(weapon, began, now_ms);
    const every_ms = 1_000 / weapon.rate;
    // One that was not held goes off at once; what a slow frame missed is made up for.
    this.#next_ms = Math.max(this.#next_ms, this.#held_ms > -Infinity ? this.#held_ms : now_ms);
    this.#held_ms = now_ms;
    for (let shots = 0; shots < SHOTS_PER_FRAME && now_ms >= this.#next_ms && this.loaded >= 1; shots += 1) {
      this.#next_ms += every_ms;
      this.#unheard += 1;
      this.#shot_ms = now_ms;
      this.#hands.shoot(weapon);
    }
  }

  /** A press on an empty one clicks; what was shot empty is loaded a moment later. */
  #empty(weapon: Weapon, began: boolean, now_ms: number): void {
    if (began) this.#hands.click(weapon);
    if (began || now_ms - this.#shot_ms > RELOAD_AFTER_MS) this.#reload(weapon, now_ms);
  }
}
