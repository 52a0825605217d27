/**
 * How a place hums: a loop all around, made of a recipe, that comes and goes softly. Owns its nodes.
 */
import type { Ambience } from "../core/sounds";
import { HUMS } from "./hums";
import type { Output } from "./player";
import { render } from "./render";

/** It comes and goes within so long, seconds. */
const FADE_S = 1.5;
/** Its end is laid over its beginning for so long, seconds: nobody hears where it begins anew. */
const OVERLAP_S = 1;

export class Hum {
  readonly #output: Output;
  #ambience: Ambience | undefined;
  #playing: { readonly source: AudioBufferSourceNode; readonly gain: GainNode } | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  get on(): boolean {
    return this.#playing !== undefined;
  }

  async turn(ambience: Ambience | undefined): Promise<void> {
    if (ambience === this.#ambience) return;
    this.#ambience = ambience;
    this.#stop();
    if (ambience === undefined) return;
    const buffer = looped(await render(HUMS[ambience]));
    // It was turned off, or to another one, meanwhile.
    if (this.#ambience !== ambience || this.#playing !== undefined) return;
    const { context, effects } = this.#output;
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const gain = new GainNode(context, { gain: 0 });
    source.connect(gain).connect(effects);
    gain.gain.setTargetAtTime(1, context.currentTime, FADE_S / 3);
    source.start();
    this.#playing = { source, gain };
  }

  #stop(): void {
    const { context } = this.#output;
    if (this.#playing === undefined) return;
    const { source, gain } = this.#playing;
    this.#playing = undefined;
    gain.gain.setTargetAtTime(0, context.currentTime, FADE_S / 3);
    source.onended = () => gain.disconnect();
    source.stop(context.currentTime + FADE_S);
  }
}

/** The same sound without a seam: its last second fades out under its first. */
export function looped(sound: AudioBuffer): AudioBuffer {
  const overlap = Math.min(Math.floor(OVERLAP_S * sound.sampleRate), Math.floor(sound.length / 3));
  const length = sound.length - overlap;
  const out = new AudioBuffer({ length, sampleRate: sound.sampleRate });
  const [from, to] = [sound.getChannelData(0), out.getChannelData(0)];
  for (let at = 0; at < length; at += 1) {
    const share = Math.min(1, at / overlap);
    const tail = at < overlap ? (from[length + at] ?? 0) * Math.sqrt(1 - share) : 0;
    to[at] = (from[at] ?? 0) * Math.sqrt(share) + tail;
  }
  return out;
}
