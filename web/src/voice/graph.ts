/**
 * Everything that is heard: the seats of the voices, the listener among them, one loudness for all of them and one for effects,
 * the output.
 *
 * Owns the AudioContext. Must not know lines or rooms; knows people by id only.
 */
import type { Ears, Loudness } from "../core/voice";
import type { VoiceChoice } from "../core/voice_choices";
import { levelDb } from "./level";
import { Head } from "./places";
import { rampTo } from "./ramp";
import { type Manner, Seat } from "./seat";

/** What a context can do where the browser lets one choose an output (Audio Output Devices API). */
interface Steered {
  setSinkId?(id: string): Promise<void>;
}

const TAP_SAMPLES = 2_048;
/** The sound of a test: two notes, one at each side; Hz, seconds. */
const TEST = [
  { pitch: 523.25, from_s: 0, pan: -0.7 },
  { pitch: 783.99, from_s: 0.35, pan: 0.7 },
] as const;
const TEST_S = 0.3;
const TEST_LOUDNESS = 0.25;

export class Graph implements Ears {
  readonly context: AudioContext;
  /** Where effects come in. */
  readonly effects: GainNode;
  readonly head = new Head();
  readonly #out: GainNode;
  readonly #master: GainNode;
  readonly #choice: (user_id: string) => VoiceChoice;
  #seats: readonly Seat[] = [];
  #manner: Manner;
  #steered = false;
  #taps: readonly AnalyserNode[] | undefined;

  constructor(manner: Manner, choice: (user_id: string) => VoiceChoice) {
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.#out = new GainNode(this.context);
    this.#out.connect(this.context.destination);
    [this.#master, this.effects] = [new GainNode(this.context), new GainNode(this.context)];
    this.#master.connect(this.#out);
    this.effects.connect(this.#out);
    this.#manner = manner;
    this.#choice = choice;
  }

  get manner(): Manner {
    return this.#manner;
  }

  get speakers(): readonly (string | null)[] {
    return this.#seats.map(({ speaker }) => speaker);
  }

  /** Whether the browser lets one choose where sound comes out. */
  get choosesOutput(): boolean {
    return (this.context as Steered).setSinkId !== undefined;
  }

  // ---- what is played ---------------------------------------------------------------------------------------------

  /** So many voices can come from now on; those of before are over. */
  begin(slots: number): void {
    this.end();
    this.#seats = Array.from({ length: slots }, () => new Seat(this.context, this.#master, this.#manner, this.head));
  }

  end(): void {
    for (const seat of this.#seats) seat.dispose();
    this.#seats = [];
  }

  play(slot: number, stream: MediaStream): void {
    this.#seats[slot]?.play(stream);
  }

  seat(speakers: readonly (string | null)[]): void {
    this.#seats.forEach((seat, slot) => {
      const speaker = speakers[slot] ?? null;
      seat.change(speaker, this.#volumeOf(speaker));
    });
  }

  /** Looks again how loud whom is wanted. */
  weigh(): void {
    for (const seat of this.#seats) seat.setVolume(this.#volumeOf(seat.speaker));
  }

  setManner(manner: Manner): void {
    if (manner.mono === this.#manner.mono && manner.hrtf === this.#manner.hrtf) return;
    this.#manner = manner;
    for (const seat of this.#seats) seat.setManner(manner);
  }

  setVolume(volume: number): void {
    rampTo(this.#master.gain, volume, this.context.currentTime);
  }

  setEffects(volume: number): void {
    rampTo(this.effects.gain, volume, this.context.currentTime);
  }

  /** Another output, empty for the system's; false when it is gone. */
  async setOutput(device: string): Promise<boolean> {
    // Where nobody chose it is the system's already.
    if (device === "" && !this.#steered) return true;
    this.#steered = true;
    try {
      await (this.context as Steered).setSinkId?.(device);
      return true;
    } catch {
      return false;
    }
  }

  /** Who is heard speaking now. */
  heard(now_ms: number): ReadonlySet<string> {
    const now = new Set<string>();
    for (const seat of this.#seats) {
      // Each is asked: whether one speaks is known from one look to the next.
      const speaks = seat.speaks(now_ms);
      if (speaks && seat.speaker !== null && this.#volumeOf(seat.speaker) > 0) now.add(seat.speaker);
    }
    return now;
  }

  // ---- where it is heard from -------------------------------------------------------------------------------------

  carries(user_id: string): boolean {
    return this.#seats.some(({ speaker }) => speaker === user_id);
  }

  loudnessOf(user_id: string): number | undefined {
    return this.#seats.find(({ speaker }) => speaker === user_id)?.loudness;
  }

  put(user_id: string, x: number, y: number, z: number): void {
    for (const seat of this.#seats) if (seat.speaker === user_id) seat.put(x, y, z);
  }

  listen(place: Float32Array): void {
    if (this.head.go(place)) turn(this.context.listener, this.head);
    // Speakers walk about a listener who stands still, too.
    if (this.#manner.mono) for (const seat of this.#seats) seat.measure();
  }

  // ---- tests, by people and by programs ---------------------------------------------------------------------------

  test(): void {
    for (const { pitch, from_s, pan } of TEST) {
      const start_s = this.context.currentTime + 0.05 + from_s;
      const tone = new OscillatorNode(this.context, { frequency: pitch });
      const envelope = new GainNode(this.context, { gain: 0 });
      envelope.gain.setValueAtTime(0, start_s);
      envelope.gain.linearRampToValueAtTime(TEST_LOUDNESS, start_s + 0.02);
      envelope.gain.linearRampToValueAtTime(0, start_s + TEST_S);
      tone.connect(envelope).connect(new StereoPannerNode(this.context, { pan: this.#manner.mono ? 0 : pan })).connect(this.#master);
      tone.start(start_s);
      tone.stop(start_s + TEST_S);
    }
  }

  /** How loud both sides of all that is heard are now, dB below full scale. */
  loudness(): Loudness {
    this.#taps ??= this.#tap();
    const [left = -120, right = -120] = this.#taps.map((tap) => {
      const samples = new Float32Array(TAP_SAMPLES);
      tap.getFloatTimeDomainData(samples);
      return levelDb(samples);
    });
    return { left, right };
  }

  #tap(): readonly AnalyserNode[] {
    const sides = new ChannelSplitterNode(this.context, { numberOfOutputs: 2 });
    this.#out.connect(sides);
    return [0, 1].map((side) => {
      const tap = new AnalyserNode(this.context, { fftSize: TAP_SAMPLES });
      sides.connect(tap, side);
      return tap;
    });
  }

  #volumeOf(user_id: string | null): number {
    if (user_id === null) return 0;
    const { volume, muted } = this.#choice(user_id);
    return muted ? 0 : volume;
  }
}

/** Puts the listener somewhere; older browsers know only the methods. */
function turn(listener: AudioListener, { at, ahead, up }: Head): void {
  if (listener.positionX === undefined) {
    listener.setPosition(at.x, at.y, at.z);
    listener.setOrientation(...ahead, ...up);
    return;
  }
  [listener.positionX.value, listener.positionY.value, listener.positionZ.value] = [at.x, at.y, at.z];
  [listener.forwardX.value, listener.forwardY.value, listener.forwardZ.value] = ahead;
  [listener.upX.value, listener.upY.value, listener.upZ.value] = up;
}
