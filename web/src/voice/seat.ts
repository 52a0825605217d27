/**
 * One line of voices as it is played: the stream, how loud its speaker is wanted, where they are.
 *
 * ```text
 * stream --+--> analyser (whether one speaks)
 *          +--> gate --> panner ----> out      with a direction
 *               gate --> distance --> out      in mono
 * ```
 *
 * Owns a slot's audio nodes. Must not know people or rooms.
 */
import { Speech, levelDb, mouthOf } from "./level";
import { FAR_M, type Head, NEAR_M, Spot, distanceGain } from "./places";
import { RAMP_S, rampTo } from "./ramp";

const SAMPLES = 512;
/** A speaker changes once the one before is silent, milliseconds. */
const CHANGE_MS = 1_000 * RAMP_S + 2;
/** Whoever is nowhere to be seen by then, milliseconds, is heard without being placed. */
const PLACED_MS = 250;

export interface Manner {
  readonly mono: boolean;
  readonly hrtf: boolean;
}

export class Seat {
  /** Whose voice this is; null for nobody's. */
  speaker: string | null = null;
  /** How loud they are, 0 to 1, as of the last look. */
  loudness = 0;
  readonly #context: AudioContext;
  readonly #gate: GainNode;
  readonly #panner: PannerNode;
  readonly #distance: GainNode;
  readonly #out: AudioNode;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(SAMPLES);
  readonly #speech = new Speech();
  readonly #spot = new Spot();
  readonly #head: Head;
  /** Silent until it is known where the speaker is. */
  #waiting = false;
  #element: HTMLAudioElement | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #volume = 1;
  #changing: ReturnType<typeof setTimeout> | undefined;
  /** The one before has ended, and only the place is missing. */
  #silent = false;

  constructor(context: AudioContext, out: AudioNode, manner: Manner, head: Head) {
    this.#context = context;
    this.#out = out;
    this.#head = head;
    this.#gate = new GainNode(context, { gain: 0 });
    this.#panner = new PannerNode(context, { distanceModel: "inverse", refDistance: NEAR_M, rolloffFactor: 1, maxDistance: FAR_M });
    this.#distance = new GainNode(context);
    this.#analyser = new AnalyserNode(context, { fftSize: SAMPLES });
    this.#gate.connect(this.#panner);
    this.#gate.connect(this.#distance);
    this.setManner(manner);
  }

  play(stream: MediaStream): void {
    this.#source?.disconnect();
    this.#element ??= newElement();
    this.#element.srcObject = stream;
    // Muted, it needs nobody's leave; what is heard comes out of the graph.
    void this.#element.play().catch(() => undefined);
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(this.#gate);
    this.#source.connect(this.#analyser);
  }

  setManner({ mono, hrtf }: Manner): void {
    const model = hrtf ? "HRTF" : "equalpower";
    // Set again it would be loaded again.
    if (this.#panner.panningModel !== model) this.#panner.panningModel = model;
    this.#panner.disconnect();
    this.#distance.disconnect();
    (mono ? this.#distance : this.#panner).connect(this.#out);
  }

  /** Somebody else speaks here from now on; silent until the one before is. */
  change(speaker: string | null, volume: number): void {
    if (speaker === this.speaker) return;
    this.speaker = speaker;
    this.#volume = volume;
    this.loudness = 0;
    this.#speech.reset();
    this.#spot.forget();
    this.#waiting = true;
    rampTo(this.#gate.gain, 0, this.#context.currentTime);
    this.#later(CHANGE_MS, () => {
      if (this.#spot.known) this.#open();
      else this.#later(PLACED_MS, () => this.#open(), true);
    });
  }

  setVolume(volume: number): void {
    if (volume === this.#volume) return;
    this.#volume = volume;
    if (!this.#waiting && this.speaker !== null) rampTo(this.#gate.gain, volume, this.#context.currentTime);
  }

  /** Where the speaker's head is, in the room. */
  put(x: number, y: number, z: number): void {
    if (!this.#spot.go(x, y, z)) return;
    if (!this.#waiting) this.#place();
    else if (this.#silent) this.#open();
  }

  /** The listener moved: without a panner nothing else knows how far that is from here. */
  measure(): void {
    const { at } = this.#head;
    const far_m = Math.hypot(this.#spot.x - at.x, this.#spot.y - at.y, this.#spot.z - at.z);
    this.#distance.gain.value = Number.isNaN(far_m) ? 1 : distanceGain(far_m);
  }

  /** Whether somebody is heard here now. */
  speaks(now_ms: number): boolean {
    if (this.speaker === null || this.#source === undefined) return false;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const level_db = levelDb(this.#samples);
    this.loudness = mouthOf(level_db);
    return this.#speech.hear(level_db, now_ms);
  }

  dispose(): void {
    clearTimeout(this.#changing);
    for (const node of [this.#source, this.#gate, this.#panner, this.#distance, this.#analyser]) node?.disconnect();
    if (this.#element !== undefined) this.#element.srcObject = null;
  }

  #later(ms: number, work: () => void, silent = false): void {
    clearTimeout(this.#changing);
    this.#silent = silent;
    this.#changing = setTimeout(work, ms);
  }

  /** Whoever speaks here is heard, from where they are. */
  #open(): void {
    clearTimeout(this.#changing);
    this.#waiting = this.#silent = false;
    this.#place();
    this.measure();
    if (this.speaker !== null) rampTo(this.#gate.gain, this.#volume, this.#context.currentTime);
  }

  /** Set as it is: a value that is drawn towards costs the audio thread more than HRTF does. */
  #place(): void {
    const { x, y, z, known } = this.#spot.known ? this.#spot : this.#head.at;
    if (!known) return;
    [this.#panner.positionX.value, this.#panner.positionY.value, this.#panner.positionZ.value] = [x, y, z];
  }
}

/** Chromium plays a remote stream into a graph only while an element has it, too. */
function newElement(): HTMLAudioElement {
  const element = new Audio();
  element.muted = true;
  return element;
}
