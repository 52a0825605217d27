/** How loud the own microphone hears. Owns the nodes of it; nothing of it is played. */
import { levelDb } from "./level";

const SAMPLES = 1_024;

export class Meter {
  readonly #samples = new Float32Array(SAMPLES);
  readonly #analyser: AnalyserNode;
  readonly #source: MediaStreamAudioSourceNode;

  constructor(context: AudioContext, stream: MediaStream) {
    this.#analyser = new AnalyserNode(context, { fftSize: SAMPLES });
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  /** dB below full scale. */
  read(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelDb(this.#samples);
  }

  dispose(): void {
    this.#source.disconnect();
  }
}
