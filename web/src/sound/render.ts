/** Makes a sound of its recipe: each time the same to the ear. Knows Web Audio only. */
import { type Curve, type Part, type Recipe, lengthOf } from "./shapes";

/** Sounds are made at this rate, and so much noise is made for a part: a second of it. */
const SAMPLE_RATE_HZ = 44_100;
const NOISE_SEED = 0x9e3779b9;

/** Renders a recipe; one channel, its loudest sample at the recipe's peak. */
export async function render(recipe: Recipe): Promise<AudioBuffer> {
  const length = Math.ceil(lengthOf(recipe) * SAMPLE_RATE_HZ);
  const context = new OfflineAudioContext(1, length, SAMPLE_RATE_HZ);
  for (const part of recipe.parts) play(context, part);
  const sound = await context.startRendering();
  level(sound.getChannelData(0), recipe.peak);
  return sound;
}

function play(context: OfflineAudioContext, part: Part): void {
  const { from_s, loudness, filter } = part;
  const source = sourceOf(context, part);
  const gain = new GainNode(context, { gain: 0 });
  draw(gain.gain, loudness, from_s, "straight");
  if (filter === undefined) source.connect(gain);
  else {
    const node = new BiquadFilterNode(context, { type: filter.kind, Q: filter.q });
    draw(node.frequency, filter.hz, from_s, "even");
    source.connect(node).connect(gain);
  }
  gain.connect(context.destination);
  source.start(from_s);
  source.stop(from_s + (loudness.at(-1)?.[0] ?? 0));
}

function sourceOf(context: OfflineAudioContext, { wave, pitch_hz, wobble, from_s }: Part): AudioScheduledSourceNode {
  if (wave === "noise") return new AudioBufferSourceNode(context, { buffer: newNoise(), loop: true });
  const tone = new OscillatorNode(context, { type: wave });
  draw(tone.frequency, pitch_hz, from_s, "even");
  if (wobble === undefined) return tone;
  const sway = new OscillatorNode(context, { frequency: wobble.per_s });
  sway.connect(new GainNode(context, { gain: wobble.by_hz })).connect(tone.frequency);
  sway.start(from_s);
  return tone;
}

/** Pitches glide evenly to the ear, by shares of themselves; loudness, which also is 0, in straight lines. */
function draw(parameter: AudioParam, curve: Curve, from_s: number, way: "even" | "straight"): void {
  const [[first_s, first], ...others] = curve;
  parameter.setValueAtTime(first, from_s + first_s);
  for (const [at_s, value] of others) {
    if (way === "even") parameter.exponentialRampToValueAtTime(value, from_s + at_s);
    else parameter.linearRampToValueAtTime(value, from_s + at_s);
  }
}

function newNoise(): AudioBuffer {
  const noise = new AudioBuffer({ length: SAMPLE_RATE_HZ, sampleRate: SAMPLE_RATE_HZ });
  const samples = noise.getChannelData(0);
  let state = NOISE_SEED;
  for (let at = 0; at < samples.length; at += 1) {
    // Marsaglia's xorshift: everyone hears the same.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    samples[at] = state / 2 ** 31;
  }
  return noise;
}

function level(samples: Float32Array, peak: number): void {
  const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  if (loudest === 0) return;
  for (let at = 0; at < samples.length; at += 1) samples[at] = ((samples[at] ?? 0) * peak) / loudest;
}
