/**
 * Effects as they are played: each a sound at a place that stays where it began, until it has ended or gives way.
 *
 * ```text
 * buffer --> gain --> panner ----> out      with a direction
 *            gain --------------> out       in mono, softer from afar, or all around
 * ```
 *
 * Owns the nodes of what sounds now. Must not know rooms, nor who else uses the context.
 */
import type { Ambience, SoundName, SoundPlace } from "../core/sounds";
import { FAR_M, type Head, NEAR_M, distanceGain } from "../voice/places";
import { RAMP_S, rampTo } from "../voice/ramp";
import { Hum } from "./hum";
import { Polyphony } from "./polyphony";
import { RECIPES } from "./recipes";
import { render } from "./render";

/** A sound that took longer than this to come, milliseconds, would be of something that is over. */
const LATE_MS = 1_000;

/** What effects are played by. */
export interface Output {
  readonly context: AudioContext;
  readonly effects: AudioNode;
  readonly head: Head;
  readonly manner: { readonly mono: boolean; readonly hrtf: boolean };
}

interface Ringing {
  readonly source: AudioBufferSourceNode;
  readonly gain: GainNode;
}

export class Player {
  readonly #output: Output;
  readonly #polyphony = new Polyphony();
  readonly #ringing = new Map<number, Ringing>();
  readonly #sounds = new Map<SoundName, Promise<AudioBuffer>>();
  readonly #ended: () => void;
  readonly #hum: Hum;

  /** `ended` is told whenever nothing rings any more. */
  constructor(output: Output, ended: () => void) {
    this.#output = output;
    this.#ended = ended;
    this.#hum = new Hum(output);
  }

  get rings(): boolean {
    return this.#ringing.size > 0 || this.#hum.on;
  }

  /** Has the place hum from now on, or no longer. */
  hum(ambience: Ambience | undefined): void {
    void this.#hum.turn(ambience).then(() => this.rings || this.#ended());
  }

  /** Plays a sound that was asked for at `asked_ms`, on the clock of `performance.now()`; as loud as its recipe, or less. */
  async ring(name: SoundName, place: SoundPlace | undefined, asked_ms: number, gain = 1): Promise<void> {
    const sound = await this.#soundOf(name);
    const now_ms = performance.now();
    if (now_ms - asked_ms > LATE_MS) return;
    const loudness = RECIPES[name].peak * gain * this.#gainAt(place);
    const admitted = this.#polyphony.admit(loudness, now_ms);
    if (admitted === undefined) return;
    if (admitted.goes !== undefined) this.#silence(admitted.goes);
    this.#begin(admitted.key, sound, place, gain);
  }

  /** Made at first use and kept: all of them together are a megabyte or two. */
  #soundOf(name: SoundName): Promise<AudioBuffer> {
    const sound = this.#sounds.get(name) ?? render(RECIPES[name]);
    this.#sounds.set(name, sound);
    return sound;
  }

  #begin(key: number, buffer: AudioBuffer, place: SoundPlace | undefined, loud: number): void {
    const { context, effects, manner } = this.#output;
    const source = new AudioBufferSourceNode(context, { buffer });
    const gain = new GainNode(context, { gain: loud });
    source.connect(gain);
    const panner = place === undefined || manner.mono ? undefined : pannerAt(context, place, manner.hrtf);
    if (panner === undefined) gain.gain.value = loud * this.#gainAt(place);
    gain.connect(panner ?? effects);
    panner?.connect(effects);
    source.onended = () => {
      panner?.disconnect();
      gain.disconnect();
      this.#over(key);
    };
    this.#ringing.set(key, { source, gain });
    source.start();
  }

  #silence(key: number): void {
    const { context } = this.#output;
    const ringing = this.#ringing.get(key);
    if (ringing === undefined) return;
    rampTo(ringing.gain.gain, 0, context.currentTime);
    ringing.source.stop(context.currentTime + RAMP_S);
  }

  #over(key: number): void {
    this.#polyphony.over(key);
    this.#ringing.delete(key);
    if (!this.rings) this.#ended();
  }

  /** How much of it is left where the listener is. */
  #gainAt(place: SoundPlace | undefined): number {
    const { at } = this.#output.head;
    if (place === undefined || !at.known) return 1;
    // The listener is in the frame of Web Audio, which mirrors Z.
    return distanceGain(Math.hypot(place[0] - at.x, place[1] - at.y, -place[2] - at.z));
  }
}

function pannerAt(context: AudioContext, [x, y, z]: SoundPlace, hrtf: boolean): PannerNode {
  return new PannerNode(context, {
    panningModel: hrtf ? "HRTF" : "equalpower",
    distanceModel: "inverse",
    refDistance: NEAR_M,
    rolloffFactor: 1,
    maxDistance: FAR_M,
    positionX: x,
    positionY: y,
    positionZ: -z,
  });
}
